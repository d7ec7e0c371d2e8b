// A libcurl easy handle that is used again and again. What all exchanges have in common is set
// once; what is rare is set when asked for and undone by a reset. For agent/net/http_*.cc only.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "agent/net/http_client.h"

namespace siaga {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, FreeList>;

// Where libcurl's callbacks lead; `context` below is a pointer to one of these.
struct HttpCallbacks {
  curl_write_callback body = nullptr;
  curl_write_callback header = nullptr;
  curl_opensocket_callback open_socket = nullptr;
  curl_ssl_ctx_callback tls_context = nullptr;
};

class HttpHandle {
 public:
  // `context` is passed to every callback.
  HttpHandle(const HttpCallbacks& callbacks, void* context);
  HttpHandle(const HttpHandle&) = delete;
  HttpHandle& operator=(const HttpHandle&) = delete;

  // `request` must stay as it is until clear().
  void prepare(const HttpRequest& request);
  void clear();

  CURL* easy() const { return easy_.get(); }
  std::string_view error_text() const { return error_.data(); }
  // The last errno that libcurl met; 0: none. Never cleared.
  int system_error() const;

 private:
  void set_basics();
  void set_address(const HttpRequest& request);
  void set_unix_socket(const HttpRequest& request);
  void set_headers(const HttpRequest& request);
  void set_method(const HttpRequest& request);
  void set_credentials(const HttpRequest& request);
  void set_proxy(const HttpRequest& request);
  template <typename Value>
  void set(CURLoption option, Value value);

  std::unique_ptr<CURL, FreeEasy> easy_;
  HttpCallbacks callbacks_;
  void* context_;
  CurlList headers_, connect_to_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  bool is_plain_ = true;  // nothing but basics, URL, headers, address and version is set
};

}  // namespace siaga
