#include "agent/journal/beat.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/agent/journal/sample.h"

namespace siaga {
namespace {

using tests::read_file;
using tests::write_file;

Beat beat_of(Millis at, Life life = Life::running) {
  return {.boot_id = "0b5fa2d8-8d4c-4d1f-9c1e-3f1b8f0f7a11",
          .at = BootTime(at),
          .wall = tests::november,
          .period = Millis(10'000),
          .is_wall_trusted = true,
          .life = life};
}

void write(const std::string& path, const Beat& beat_of) {
  auto heart = Heartbeat::open(path);
  ASSERT_TRUE(heart) << describe(heart.error());
  ASSERT_TRUE(heart->write(beat_of));
}

TEST(HeartbeatTest, KeepsTheLastBeatOverRestarts) {
  const tests::TempFolder folder;
  write(folder / "heartbeat", beat_of(Millis(1000)));
  write(folder / "heartbeat", beat_of(Millis(2000)));

  write(folder / "heartbeat", beat_of(Millis(3000), Life::machine_shutdown));

  Beat expected = beat_of(Millis(3000), Life::machine_shutdown);
  expected.sequence = 3;
  EXPECT_EQ(Heartbeat::read(folder / "heartbeat"), expected);
}

TEST(HeartbeatTest, IsNothingWithoutAFileOrInAnEmptyOrForeignOne) {
  const tests::TempFolder folder;
  write_file(folder / "empty", "");
  write_file(folder / "garbage", std::string(9000, 'x'));
  write_file(folder / "zero", std::string(8192, '\0'));

  for (const char* const name : {"missing", "empty", "garbage", "zero"})
    EXPECT_FALSE(Heartbeat::read(folder / name)) << name;
  EXPECT_FALSE(Heartbeat::read(folder.path()));
}

TEST(HeartbeatTest, HasItsFullSizeFromTheBeginning) {
  const tests::TempFolder folder;

  const auto heart = Heartbeat::open(folder / "heartbeat");

  ASSERT_TRUE(heart);
  struct stat facts{};
  ASSERT_EQ(::stat((folder / "heartbeat").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_size, 8192);
  EXPECT_GE(facts.st_blocks * 512, 8192) << "no room was set aside";
}

TEST(HeartbeatTest, NeverWritesIntoTheSlotOfTheNewestBeat) {
  const tests::TempFolder folder;
  auto heart = Heartbeat::open(folder / "heartbeat");
  ASSERT_TRUE(heart);
  ASSERT_TRUE(heart->write(beat_of(Millis(1))));

  for (int count = 2; count < 6; ++count) {
    const std::string before = read_file(folder / "heartbeat");
    const std::size_t newest = (count - 1) % 2 == 0 ? 0 : 4096;
    ASSERT_TRUE(heart->write(beat_of(Millis(count))));
    const std::string after = read_file(folder / "heartbeat");
    EXPECT_EQ(before.substr(newest, 4096), after.substr(newest, 4096)) << count;
  }
}

TEST(HeartbeatTest, ATornSlotLeavesTheBeatBeforeWhicheverByteIsWrong) {
  const tests::TempFolder folder;
  write(folder / "heartbeat", beat_of(Millis(1000)));
  write(folder / "heartbeat", beat_of(Millis(2000)));  // sequence 2: at the file's beginning
  const std::string whole = read_file(folder / "heartbeat");

  for (std::size_t place = 0; place < 84; ++place) {
    std::string torn = whole;
    torn[place] = static_cast<char>(torn[place] ^ 0x5A);
    write_file(folder / "heartbeat", torn);
    const auto found = Heartbeat::read(folder / "heartbeat");
    ASSERT_TRUE(found) << place;
    EXPECT_EQ(found->at, BootTime(Millis(1000))) << place;
  }
}

TEST(HeartbeatTest, OfATruncatedFileWhatIsWholeIsRead) {
  const tests::TempFolder folder;
  write(folder / "heartbeat", beat_of(Millis(1000)));
  write(folder / "heartbeat", beat_of(Millis(2000)));
  const std::string whole = read_file(folder / "heartbeat");

  for (std::size_t size = 0; size <= whole.size(); size += 7) {
    write_file(folder / "heartbeat", whole.substr(0, size));
    const auto found = Heartbeat::read(folder / "heartbeat");
    EXPECT_EQ(found.has_value(), size >= 84) << size;
  }
  write_file(folder / "heartbeat", whole.substr(0, 100));
  write(folder / "heartbeat", beat_of(Millis(3000)));
  EXPECT_EQ(Heartbeat::read(folder / "heartbeat")->at, BootTime(Millis(3000)));
}

TEST(HeartbeatTest, ABootIdThatIsTooLongIsCut) {
  const tests::TempFolder folder;
  Beat long_one = beat_of(Millis(1));
  long_one.boot_id = std::string(100, 'b');

  write(folder / "heartbeat", long_one);

  EXPECT_EQ(Heartbeat::read(folder / "heartbeat")->boot_id, std::string(36, 'b'));
}

TEST(HeartbeatTest, SaysWhatItCannotOpen) {
  const tests::TempFolder folder;

  const auto missing = Heartbeat::open(folder / "nowhere/heartbeat");
  const auto directory = Heartbeat::open(folder.path());
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto pipe = Heartbeat::open(folder / "pipe");

  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ENOENT);
  EXPECT_FALSE(directory);
  ASSERT_FALSE(pipe);
  EXPECT_EQ(pipe.error().text, "is not a regular file");
}

int descriptor_of(const std::string& path) {
  for (int descriptor = 0; descriptor < 1000; ++descriptor) {
    std::error_code error;
    const auto link =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error);
    if (!error && link == path) return descriptor;
  }
  return -1;
}

// The descriptor of the open heartbeat is led elsewhere, as no file system here can be filled.
TEST(HeartbeatTest, AWriteThatFailsIsAnErrorAndNoBeat) {
  const tests::TempFolder folder;
  auto heart = Heartbeat::open(folder / "heartbeat");
  ASSERT_TRUE(heart);
  ASSERT_TRUE(heart->write(beat_of(Millis(1000))));
  const int descriptor = descriptor_of(folder / "heartbeat");
  ASSERT_GE(descriptor, 0);
  const int kept = ::dup(descriptor);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  ASSERT_EQ(::dup2(full, descriptor), descriptor);

  const auto written = heart->write(beat_of(Millis(2000)));

  ASSERT_EQ(::dup2(kept, descriptor), descriptor);
  ::close(full);
  ::close(kept);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ENOSPC);
  EXPECT_EQ(Heartbeat::read(folder / "heartbeat")->at, BootTime(Millis(1000)));
  EXPECT_TRUE(heart->write(beat_of(Millis(3000)))) << "it heals";
  EXPECT_EQ(Heartbeat::read(folder / "heartbeat")->at, BootTime(Millis(3000)));
}

}  // namespace
}  // namespace siaga
