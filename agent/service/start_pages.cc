#include "agent/service/start_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace siaga {
namespace {

// The whole pages of one segment of a loaded file.
std::size_t give_back(const dl_phdr_info& file, const ElfW(Phdr) & segment, std::size_t page) {
  if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) return 0;
  const std::size_t first = (file.dlpi_addr + segment.p_vaddr) / page * page;
  const std::size_t end = (file.dlpi_addr + segment.p_vaddr + segment.p_filesz) / page * page;
  // The kernel's own mapping (vdso) refuses, and keeps what it has.
  const bool is_done =
      end > first && madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED) == 0;
  return is_done ? end - first : 0;
}

struct Sum {
  std::size_t page;
  std::size_t bytes;
};

int look_at(dl_phdr_info* file, std::size_t, void* into) noexcept {
  auto& sum = *static_cast<Sum*>(into);
  for (int index = 0; index < file->dlpi_phnum; ++index)
    sum.bytes += give_back(*file, file->dlpi_phdr[index], sum.page);
  return 0;
}

}  // namespace

std::size_t give_back_start_pages() {
  Sum sum{.page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), .bytes = 0};
  dl_iterate_phdr(look_at, &sum);
  return sum.bytes;
}

}  // namespace siaga
