// What a target asks of TLS, as options: the rows `tls.*` that every kind shares that can speak
// TLS, and their parser. Reads no file: whether a certificate loads is known when the context is
// made.
#pragma once

#include <array>
#include <string_view>

#include "agent/config/section.h"
#include "agent/net/tls.h"

namespace siaga {

inline constexpr std::array<std::string_view, 4> tls_version_names{"1.0", "1.1", "1.2", "1.3"};
// Rows to put into a kind's option table.
inline constexpr std::array<Option, 8> tls_options{{
    {.key = "tls.verify",
     .type = OptionType::boolean,
     .fallback = "true",
     .help = "Reject certificates that do not verify. When false, their facts are still collected.",
     .help_id =
         "Tolak sertifikat yang tidak lolos verifikasi. Bila false, faktanya tetap dicatat."},
    {.key = "tls.ca_file",
     .type = OptionType::file,
     .help = "Authorities to trust, in PEM, instead of the system's.",
     .help_id = "Otoritas yang dipercaya, dalam PEM, sebagai ganti milik sistem.",
     .example = "\"/etc/siaga/office-ca.pem\""},
    {.key = "tls.certificate_file",
     .type = OptionType::file,
     .help = "Client certificate with its chain, in PEM.",
     .help_id = "Sertifikat klien beserta rantainya, dalam PEM.",
     .example = "\"/etc/siaga/client.pem\""},
    {.key = "tls.key_file",
     .type = OptionType::file,
     .help = "Key of the client certificate, in PEM; when left out it is read from "
             "tls.certificate_file.",
     .help_id = "Kunci sertifikat klien, dalam PEM; bila tidak diisi, dibaca dari "
                "tls.certificate_file.",
     .example = "\"/etc/siaga/client.key\""},
    {.key = "tls.server_name",
     .type = OptionType::host,
     .help = "Name to ask for (SNI) and to find in the certificate, instead of the host.",
     .help_id = "Nama yang diminta (SNI) dan dicari di sertifikat, sebagai ganti host.",
     .example = "\"portal.example.go.id\""},
    {.key = "tls.min_version",
     .type = OptionType::choice,
     .fallback = "\"1.2\"",
     .choices = tls_version_names,
     .help = "Oldest TLS version to accept.",
     .help_id = "Versi TLS tertua yang diterima."},
    {.key = "tls.max_version",
     .type = OptionType::choice,
     .choices = tls_version_names,
     .help = "Newest TLS version to offer.",
     .help_id = "Versi TLS terbaru yang ditawarkan.",
     .example = "\"1.2\""},
    {.key = "tls.expires_in",
     .type = OptionType::duration,
     .min = "1m",
     .max = "3650d",
     .help = "Fail when a certificate of the chain ends sooner than this.",
     .help_id = "Gagal bila sertifikat dalam rantai berakhir lebih cepat dari ini.",
     .example = "\"14d\""},
}};

// Complains about keys that do not go together. `alpn` is left for the kind to fill.
TlsOptions parse_tls(Section& section);

// A kind's own rows with `tls_options` behind them.
template <std::size_t count>
constexpr std::array<Option, count + tls_options.size()> with_tls_options(
    const std::array<Option, count>& own) {
  std::array<Option, count + tls_options.size()> all{};
  for (std::size_t index = 0; index < count; ++index) all[index] = own[index];
  for (std::size_t index = 0; index < tls_options.size(); ++index)
    all[count + index] = tls_options[index];
  return all;
}

}  // namespace siaga
