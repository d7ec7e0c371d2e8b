// Child processes on uv_spawn: in a session and process group of their own, with real pipes (a
// script may reopen /dev/stderr, which libuv's own socket pairs refuse) and no other descriptors.
#include "agent/loop/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "agent/core/check.h"
#include "agent/loop/descriptor.h"
#include "agent/loop/turns.h"

namespace siaga {
namespace {

struct Child final : HandleBlock {
  // In the loop's list from the kill until the child has been reaped.
  struct Killed final : Dying {
    explicit Killed(Child& its_child) : child(its_child) {}
    void abandon() override {
      unlink();
      close_handle(base_of(child.process));
    }
    Child& child;
  };

  struct Stream {
    uv_pipe_t pipe{};
    std::string text;
    bool has_ended = false;
  };

  void receive(Stream& stream, ssize_t count, const char* data);
  void end(std::int64_t status, int by_signal);
  void finish_when_all_ended();
  void detach();

  uv_process_t process{};
  std::array<Stream, 2> streams;  // stdout, stderr
  std::size_t limit_bytes = 0;
  bool is_running = false;
  pid_t group = 0;
  ProcessResult result;
  Process::Finished finished;
  Killed killed{*this};
};

void output_received(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) noexcept {
  auto& child = block_of<Child>(stream);
  const bool is_output = reinterpret_cast<uv_pipe_t*>(stream) == &child.streams[0].pipe;
  if (count != 0) child.receive(child.streams[is_output ? 0 : 1], count, buffer->base);
}

void ended(uv_process_t* process, std::int64_t status, int by_signal) noexcept {
  block_of<Child>(process).end(status, by_signal);
}

void Child::receive(Stream& stream, ssize_t count, const char* data) {
  if (!is_attached) return;
  if (count < 0) {
    stream.has_ended = true;
    close_handle(base_of(stream.pipe));
    return finish_when_all_ended();
  }
  const std::size_t wanted = limit_bytes - stream.text.size();
  const auto arrived = static_cast<std::size_t>(count);
  stream.text.append(data, std::min(wanted, arrived));
  if (arrived > wanted) result.output_cut = true;
}

void Child::end(std::int64_t status, int by_signal) {
  is_running = false;
  killed.unlink();
  close_handle(base_of(process));
  if (!is_attached) return;
  result.exit_status = static_cast<int>(status);
  result.signal = by_signal;
  finish_when_all_ended();
}

void Child::finish_when_all_ended() {
  if (is_running || !streams[0].has_ended || !streams[1].has_ended) return;
  result.output = std::move(streams[0].text);
  result.errors = std::move(streams[1].text);
  auto callback = std::exchange(finished, nullptr);
  callback(std::move(result));
}

// Kills the group, also when only descendants of the child are left, holding its pipes open.
void Child::detach() {
  is_attached = false;
  const bool has_open_pipe = !streams[0].has_ended || !streams[1].has_ended;
  if (group > 0 && (is_running || has_open_pipe)) ::kill(-group, SIGKILL);
  finished = nullptr;
  for (auto& stream : streams) close_handle(base_of(stream.pipe));
  if (is_running)
    turns_of(process.loop).dying.append(killed);  // closed now, nobody would reap the child
  else close_handle(base_of(process));
  end_use(this);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Error start_error(const ProcessOptions& options, int code) {
  return {.tried = "start",
          .on = options.arguments.empty() ? "" : options.arguments.front(),
          .code = code,
          .text = {}};
}

struct Pipe {
  Descriptor reading, writing;
};

std::optional<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{.reading = Descriptor(ends[0]), .writing = Descriptor(ends[1])};
}

class LibuvProcess final : public Process {
 public:
  LibuvProcess(Loop& loop, ProcessOptions options, Finished finished);
  ~LibuvProcess() override { release(); }
  LibuvProcess(const LibuvProcess&) = delete;
  LibuvProcess& operator=(const LibuvProcess&) = delete;

 private:
  int start(Loop& loop, ProcessOptions& options);
  int spawn(Loop& loop, ProcessOptions& options, const std::array<int, 2>& outputs);
  void release() {
    if (auto* child = std::exchange(child_, nullptr)) child->detach();
  }

  Child* child_ = nullptr;  // null when the start failed
  std::optional<Soon> failure_;
};

LibuvProcess::LibuvProcess(Loop& loop, ProcessOptions options, Finished finished) {
  const int code = options.arguments.empty() ? EINVAL : start(loop, options);
  if (code == 0) {
    child_->finished = std::move(finished);
    return;
  }
  release();
  failure_.emplace(loop,
                   [callback = std::move(finished), error = start_error(options, code)]() mutable {
                     callback(std::unexpected(std::move(error)));
                   });
}

int LibuvProcess::start(Loop& loop, ProcessOptions& options) {
  auto output = open_pipe();
  auto errors = open_pipe();
  if (!output || !errors) return errno;
  child_ = new Child;
  child_->uses = 1;  // ours: all handles may close before we go
  child_->limit_bytes = options.output_limit_bytes;
  const std::array reading{&output->reading, &errors->reading};
  for (std::size_t index = 0; index < reading.size(); ++index) {
    auto& pipe = child_->streams[index].pipe;
    CHECK(uv_pipe_init(loop.raw(), &pipe, 0) == 0);
    lend(*child_, pipe);
    CHECK(uv_pipe_open(&pipe, reading[index]->release()) == 0);
  }
  return spawn(loop, options, {output->writing.get(), errors->writing.get()});
}

int LibuvProcess::spawn(Loop& loop, ProcessOptions& options, const std::array<int, 2>& outputs) {
  // Whoever opened a descriptor without O_CLOEXEC, or started us with one: no child gets it.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  std::array<uv_stdio_container_t, 3> stdio{};
  stdio[0].flags = UV_IGNORE;
  for (std::size_t index = 0; index < outputs.size(); ++index) {
    stdio[index + 1].flags = UV_INHERIT_FD;
    stdio[index + 1].data.fd = outputs[index];
  }
  auto arguments = pointers_to(options.arguments);
  auto environment = pointers_to(options.environment);
  uv_process_options_t spawn_options{};
  spawn_options.exit_cb = ended;
  spawn_options.file = arguments.front();
  spawn_options.args = arguments.data();
  spawn_options.env = environment.data();
  spawn_options.flags = UV_PROCESS_DETACHED;
  spawn_options.stdio = stdio.data();
  spawn_options.stdio_count = static_cast<int>(stdio.size());
  const int status = uv_spawn(loop.raw(), &child_->process, &spawn_options);
  lend(*child_, child_->process);  // libuv has made the handle in any case
  if (status != 0) return -status;
  child_->is_running = true;
  child_->group = child_->process.pid;
  for (auto& stream : child_->streams) {
    auto* pipe = reinterpret_cast<uv_stream_t*>(&stream.pipe);
    CHECK(uv_read_start(pipe, allocate_for_stream, output_received) == 0);
  }
  return 0;
}

}  // namespace

std::unique_ptr<Process> Process::start(Loop& loop, ProcessOptions options, Finished finished) {
  return std::make_unique<LibuvProcess>(loop, std::move(options), std::move(finished));
}

}  // namespace siaga
