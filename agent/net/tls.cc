#include "agent/net/tls.h"

#include <utility>

#include "agent/core/check.h"
#include "agent/net/tls_context.h"
#include "agent/net/tls_session.h"
#include "agent/net/tls_stream.h"

namespace siaga {
namespace {

class OpenSslContexts final : public TlsContexts {
 public:
  OpenSslContexts(Loop& loop, const Clock& clock)
      : loop_(loop),
        judge_{.clock = clock,
               .cache = {},
               .counters = {},
               .are_dates_suspended = false,
               .sha256 = DigestOwner(EVP_MD_fetch(nullptr, "SHA256", nullptr))} {
    CHECK(judge_.sha256 != nullptr);
  }

  Result<std::shared_ptr<TlsContext>> context(const TlsOptions& options) override {
    return shelf_.get(options, judge_.clock.now());
  }

  std::unique_ptr<TlsStream> start(std::shared_ptr<TlsContext> context, TcpStream& stream,
                                   std::string_view host, TlsStream::Ready ready) override {
    return std::make_unique<OpenSslStream>(loop_, judge_, std::move(context), stream, host,
                                           std::move(ready));
  }

  void adopt(void* ssl_ctx, std::shared_ptr<TlsContext> context, std::string_view host,
             TlsFacts& facts) override {
    auto* theirs = static_cast<SSL_CTX*>(ssl_ctx);
    apply_settings(theirs, context->options());
    // Without an identity or a session the handshake fails, as it must.
    copy_identity(context->ssl(), theirs);
    TlsSession::install(theirs);
    TlsSession::bind(theirs, std::make_unique<TlsSession>(judge_, std::move(context), host, facts));
  }

  void suspend_dates(bool is_suspended) override { judge_.are_dates_suspended = is_suspended; }
  Counters counters() const override { return judge_.counters; }

 private:
  Loop& loop_;
  TlsJudge judge_;
  TlsContextShelf shelf_;
};

}  // namespace

std::unique_ptr<TlsContexts> TlsContexts::create(Loop& loop, const Clock& clock) {
  return std::make_unique<OpenSslContexts>(loop, clock);
}

}  // namespace siaga
