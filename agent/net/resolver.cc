// The resolver put together: which channel of c-ares is asked, and when a new one is made because
// /etc/resolv.conf changed.
#include "agent/net/resolver.h"

#include <algorithm>
#include <utility>

#include "agent/net/resolver_channel.h"
#include "agent/net/resolver_hosts.h"
#include "agent/net/resolver_names.h"
#include "agent/net/resolver_source.h"

namespace siaga {
namespace {

class CaresSource final : public AddressSource {
 public:
  CaresSource(Loop& loop, ResolverOptions options)
      : loop_(loop), options_(std::move(options)), stamp_(version_of_file(options_.resolv_conf)) {
    channel_ = open();
  }

  void ask(const std::string& host, Family family, Answered answered) override {
    channel_->ask(host, family, std::move(answered));
  }

  bool refresh() override {
    std::erase_if(retired_, [](const auto& channel) { return channel->is_idle(); });
    if (!options_.servers.empty()) return false;
    const FileVersion now = version_of_file(options_.resolv_conf);
    if (now == stamp_) return false;
    stamp_ = now;
    auto fresh = open();
    retired_.push_back(std::exchange(channel_, std::move(fresh)));
    return true;
  }

  std::vector<Endpoint> servers() const override { return channel_->servers(); }

 private:
  std::unique_ptr<ResolverChannel> open() {
    return std::make_unique<ResolverChannel>(loop_, options_,
                                             [this](FiledAnswer filed) { file(std::move(filed)); });
  }

  void file(FiledAnswer filed) {
    filed_.push_back(std::move(filed));
    if (!soon_) soon_ = std::make_unique<Soon>(loop_, [this] { hand_on(); });
  }

  // Nothing here may destroy this source (AddressSource::ask), so a plain loop will do.
  void hand_on() {
    soon_.reset();
    auto batch = std::exchange(filed_, {});
    for (FiledAnswer& filed : batch) filed.answered(std::move(filed.answer));
  }

  Loop& loop_;
  ResolverOptions options_;
  FileVersion stamp_;
  std::vector<FiledAnswer> filed_;
  std::unique_ptr<Soon> soon_;
  std::unique_ptr<ResolverChannel> channel_;
  std::vector<std::unique_ptr<ResolverChannel>> retired_;  // with questions still under way
};

}  // namespace

std::unique_ptr<AddressSource> make_address_source(Loop& loop, const ResolverOptions& options) {
  return std::make_unique<CaresSource>(loop, options);
}

std::unique_ptr<Resolver> Resolver::create(Loop& loop, const Clock& clock,
                                           const ResolverOptions& options) {
  auto source = make_address_source(loop, options);
  return std::make_unique<NameResolver>(loop, clock, std::move(source), options.hosts_file);
}

}  // namespace siaga
