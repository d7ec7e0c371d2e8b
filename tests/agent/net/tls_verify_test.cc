// Chains of certificates that are good by a way that must be searched, and bad ones that must say
// what is wrong with them.
#include "agent/net/tls_verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/core/limits.h"
#include "tests/support/made_certificates.h"

namespace siaga::tests {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view portal = "portal.test";

// A chain's pieces are made in the test; who is trusted and what is sent is said by pointing.
class TlsVerifyTest : public testing::Test {
 protected:
  using Sent = std::vector<const Made*>;

  ChainVerdict verdict_of(const Sent& sent, const Sent& trusted, std::string_view name = portal) {
    const StoreOwner store(X509_STORE_new());
    for (const Made* one : trusted) X509_STORE_add_cert(store.get(), one->get());
    const std::unique_ptr<STACK_OF(X509), FreeStack> stack(sk_X509_new_null());
    for (const Made* one : sent) sk_X509_push(stack.get(), one->get());
    return verify_chain({.store = store.get(),
                         .leaf = sent.front()->get(),
                         .sent = stack.get(),
                         .name = name,
                         .now = SystemClock().wall_now()});
  }
  // Whatever the order behind the leaf.
  void expect_in_any_order(Sent sent, const Sent& trusted, Reason reason) {
    std::sort(sent.begin() + 1, sent.end());
    do {
      const ChainVerdict verdict = verdict_of(sent, trusted);
      EXPECT_EQ(name(verdict.reason), name(reason)) << verdict.detail;
    } while (std::next_permutation(sent.begin() + 1, sent.end()));
  }

  static Made leaf_of(const std::string& issuer, int ends_in_days = 20) {
    return made({.subject = std::string(portal),
                 .issuer = issuer,
                 .is_authority = false,
                 .ends_in_days = ends_in_days});
  }

  Made root_ = made({.subject = "Root", .issuer = "Root"});
  Made middle_ = made({.subject = "Middle", .issuer = "Root"});
  Made leaf_ = leaf_of("Middle");
};

TEST_F(TlsVerifyTest, AGoodChainIsGoodInAnyOrder) {
  const Made upper = made({.subject = "Upper", .issuer = "Root"});
  const Made lower = made({.subject = "Lower", .issuer = "Upper"});
  const Made leaf = leaf_of("Lower");

  expect_in_any_order({&leaf, &lower, &upper, &root_}, {&root_}, Reason::none);
}

// False down: a way that is good is among what was sent.

TEST_F(TlsVerifyTest, AnExpiredTwinOfTheIntermediateDoesNoHarm) {
  const Made old = made({.subject = "Middle", .issuer = "Root", .ends_in_days = -2});

  expect_in_any_order({&leaf_, &old, &middle_}, {&root_}, Reason::none);
}

TEST_F(TlsVerifyTest, AnIntermediateSignedByAStrangerBesideTheGoodOneDoesNoHarm) {
  const Made strange = made({.subject = "Middle", .issuer = "Stranger"});
  const Made stranger = made({.subject = "Stranger", .issuer = "Stranger"});

  expect_in_any_order({&leaf_, &strange, &middle_}, {&root_}, Reason::none);
  expect_in_any_order({&leaf_, &strange, &stranger, &middle_}, {&root_}, Reason::none);
}

TEST_F(TlsVerifyTest, AnExpiredRootBesideTheGoodWayDoesNoHarm) {
  const Made cross = made({.subject = "Root", .issuer = "Old"});
  const Made old = made({.subject = "Old", .issuer = "Old", .ends_in_days = -2});
  const Made old_cross = made({.subject = "Root", .issuer = "Old", .ends_in_days = -2});

  expect_in_any_order({&leaf_, &middle_, &cross, &old}, {&root_}, Reason::none);
  expect_in_any_order({&leaf_, &middle_, &old_cross, &old}, {&root_}, Reason::none);
}

// What the system trusts can have run out too: the peer's cross-signed one leads elsewhere.
TEST_F(TlsVerifyTest, ATrustedRootThatExpiredIsPassedByAWayThatWasSent) {
  const Made old_root = made({.subject = "Root", .issuer = "Root", .ends_in_days = -2});
  const Made other = made({.subject = "Other", .issuer = "Other"});
  const Made cross = made({.subject = "Root", .issuer = "Other"});

  expect_in_any_order({&leaf_, &middle_, &cross}, {&old_root, &other}, Reason::none);
}

TEST_F(TlsVerifyTest, AWayTwoStepsUpIsFoundBehindOneThatEndsNowhere) {
  const Made upper_bad = made({.subject = "Upper", .issuer = "Stranger"});
  const Made upper_good = made({.subject = "Upper", .issuer = "Root"});
  const Made lower_bad = made({.subject = "Lower", .issuer = "Lost"});
  const Made lower_good = made({.subject = "Lower", .issuer = "Upper"});
  const Made leaf = leaf_of("Lower");

  expect_in_any_order({&leaf, &lower_bad, &lower_good, &upper_bad, &upper_good}, {&root_},
                      Reason::none);
}

TEST_F(TlsVerifyTest, ATwinThatForbidsTheNameDoesNoHarm) {
  const Made narrow = made({.subject = "Middle",
                            .issuer = "Root",
                            .extensions = {{"nameConstraints", "permitted;DNS:other.test"}}});

  expect_in_any_order({&leaf_, &narrow, &middle_}, {&root_}, Reason::none);
}

TEST_F(TlsVerifyTest, ATwinThatMayNotSignOrIsSignedWeaklyDoesNoHarm) {
  const Made no_authority = made({.subject = "Middle",
                                  .issuer = "Root",
                                  .has_own_extensions_only = true,
                                  .extensions = {{"basicConstraints", "CA:FALSE"}}});
  const Made weak = made({.subject = "Middle", .issuer = "Root", .is_signed_with_sha1 = true});
  const Made forged = made({.subject = "Middle", .issuer = "Root", .signing_key = "thief"});

  expect_in_any_order({&leaf_, &no_authority, &middle_}, {&root_}, Reason::none);
  expect_in_any_order({&leaf_, &weak, &middle_}, {&root_}, Reason::none);
  expect_in_any_order({&leaf_, &forged, &middle_}, {&root_}, Reason::none);
}

TEST_F(TlsVerifyTest, TheWayThatLastsLongestSaysWhenTheChainEnds) {
  const Made soon = made({.subject = "Middle", .issuer = "Root", .ends_in_days = 3});

  const ChainVerdict verdict = verdict_of({&leaf_, &soon, &middle_}, {&root_});

  const auto days =
      std::chrono::duration_cast<std::chrono::hours>(*verdict.expiry - SystemClock().wall_now()) /
      24;
  EXPECT_EQ(days.count(), 19);
}

// Truly bad: no way may be taken for good.

TEST_F(TlsVerifyTest, WhereEveryWayIsBadTheChainIsBad) {
  const Made old = made({.subject = "Middle", .issuer = "Root", .ends_in_days = -2});
  const Made strange = made({.subject = "Middle", .issuer = "Stranger"});
  const Made forged = made({.subject = "Middle", .issuer = "Root", .signing_key = "thief"});
  const Made weak = made({.subject = "Middle", .issuer = "Root", .is_signed_with_sha1 = true});
  const Made narrow = made({.subject = "Middle",
                            .issuer = "Root",
                            .extensions = {{"nameConstraints", "permitted;DNS:other.test"}}});

  expect_in_any_order({&leaf_, &old}, {&root_}, Reason::tls_expired);
  expect_in_any_order({&leaf_, &old, &strange}, {&root_}, Reason::tls_expired);
  for (const Made* other : {&old, &strange, &forged, &weak, &narrow})
    for (const Made* bad : {&old, &strange, &forged, &weak, &narrow}) {
      const ChainVerdict verdict = verdict_of({&leaf_, bad, other}, {&root_});
      EXPECT_NE(verdict.reason, Reason::none);
      EXPECT_FALSE(verdict.expiry);
    }
}

// "openssl x509 -addreject serverAuth": the way round over the peer's own copy is no way.
TEST_F(TlsVerifyTest, WhatTheStoreRejectsIsNotMadeGoodByACopyThatWasSent) {
  const Made rejected(X509_dup(middle_.get()));
  X509_add1_reject_object(rejected.get(), OBJ_nid2obj(NID_server_auth));
  const Made strange = made({.subject = "Middle", .issuer = "Stranger"});

  expect_in_any_order({&leaf_, &middle_}, {&root_, &rejected}, Reason::tls_untrusted);
  expect_in_any_order({&leaf_, &strange, &middle_}, {&root_, &rejected}, Reason::tls_untrusted);
}

TEST_F(TlsVerifyTest, AGoodWayDoesNotExcuseTheLeaf) {
  const Made strange = made({.subject = "Middle", .issuer = "Stranger"});
  const Made old = leaf_of("Middle", -3);
  const Made forged = made({.subject = std::string(portal),
                            .issuer = "Middle",
                            .signing_key = "thief",
                            .is_authority = false});

  EXPECT_EQ(verdict_of({&old, &strange, &middle_}, {&root_}).reason, Reason::tls_expired);
  EXPECT_EQ(verdict_of({&leaf_, &strange, &middle_}, {&root_}, "other.test").reason,
            Reason::tls_wrong_name);
  expect_in_any_order({&forged, &strange, &middle_}, {&root_}, Reason::tls_untrusted);
}

// Everybody may have signed everybody: 15! ways.
TEST_F(TlsVerifyTest, ACrowdThatSignedEachOtherIsGivenUpOnInTime) {
  std::vector<Made> crowd;
  for (int index = 0; index < 60; ++index)
    crowd.push_back(made({.subject = "Middle",
                          .issuer = index % 3 == 0 ? "Middle" : "Root",
                          .key = "k" + std::to_string(index),
                          .signing_key = "thief"}));
  Sent sent{&leaf_};
  for (const Made& one : crowd) sent.push_back(&one);
  const auto begun = std::chrono::steady_clock::now();

  const ChainVerdict verdict = verdict_of(sent, {&root_});

  EXPECT_NE(verdict.reason, Reason::none);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

// Rightly refused: what is said must be what is wrong.

struct UnfitRow {
  std::string title;
  MadeOptions middle;
  std::string detail;
};

TEST_F(TlsVerifyTest, AnIssuerThatWasSentButMayNotSignIsNotCalledMissing) {
  const std::string lies(3, '\x05');
  const std::vector<UnfitRow> rows{
      {"no flag",
       {.has_own_extensions_only = true, .extensions = {{"basicConstraints", "CA:FALSE"}}},
       "may not sign certificates, but did: its basicConstraints make it no authority: CN=Middle"},
      {"no extensions",
       {.has_own_extensions_only = true},
       "may not sign certificates, but did: its basicConstraints make it no authority: CN=Middle"},
      {"no right",
       {.has_own_extensions_only = true,
        .extensions = {{"basicConstraints", "CA:TRUE"}, {"keyUsage", "digitalSignature"}}},
       "may not sign certificates, but did: its keyUsage lacks keyCertSign: CN=Middle"},
      {"unknown extension",
       {.extensions = {{"1.2.3.4", lies, true, true}}},
       "has a critical extension that is not known, 1.2.3.4: CN=Middle"},
      {"broken key",
       {.has_broken_key = true},
       "the issuer of CN=portal.test is sent, but unfit: its key cannot be read: CN=Middle"},
      {"broken extension",
       {.has_own_extensions_only = true, .extensions = {{"basicConstraints", lies, true}}},
       "the issuer of CN=portal.test is sent, but unfit: basicConstraints cannot be decoded: "
       "CN=Middle"},
      {"twice",
       {.extensions = {{"keyUsage", "keyCertSign"}}},
       "the issuer of CN=portal.test is sent, but unfit: keyUsage is there twice: CN=Middle"},
  };
  for (const UnfitRow& row : rows) {
    SCOPED_TRACE(row.title);
    MadeOptions options = row.middle;
    options.subject = "Middle";
    options.issuer = "Root";
    const Made unfit = made(options);

    const ChainVerdict verdict = verdict_of({&leaf_, &unfit}, {&root_});

    EXPECT_EQ(name(verdict.reason), name(Reason::tls_untrusted));
    EXPECT_THAT(verdict.detail, StartsWith(row.detail));
    EXPECT_THAT(verdict.detail, Not(HasSubstr("neither sent nor trusted")));
  }
}

TEST_F(TlsVerifyTest, ATrustedIssuerThatMayNotSignIsNotCalledMissing) {
  const Made unfit = made({.subject = "Middle",
                           .issuer = "Middle",
                           .has_own_extensions_only = true,
                           .extensions = {{"keyUsage", "digitalSignature"}}});

  const ChainVerdict verdict = verdict_of({&leaf_}, {&unfit});

  EXPECT_EQ(name(verdict.reason), name(Reason::tls_untrusted));
  EXPECT_THAT(verdict.detail, HasSubstr("may not sign certificates, but did: its keyUsage"));
}

TEST_F(TlsVerifyTest, AnIssuerOfTheSameNameWithAnotherKeyIsMissingAndSaidToBeThere) {
  const Made other = made({.subject = "Middle",
                           .issuer = "Root",
                           .key = "other",
                           .extensions = {{"subjectKeyIdentifier", "hash"}}});
  const Made leaf =
      made({.subject = std::string(portal),
            .issuer = "Middle",
            .is_authority = false,
            .extensions = {{"authorityKeyIdentifier", "\x30\x03\x80\x01\x07", true}}});

  const ChainVerdict verdict = verdict_of({&leaf, &other}, {&root_});

  EXPECT_EQ(name(verdict.reason), name(Reason::tls_incomplete_chain));
  EXPECT_THAT(verdict.detail, HasSubstr("neither sent nor trusted: CN=Middle (one of that name"));
}

TEST_F(TlsVerifyTest, BrokenNamesAreNotAWrongName) {
  const std::string lies(3, '\x05');
  const std::pair<MadeExtension, std::string> rows[] = {
      {{"subjectAltName", lies, true}, "subjectAltName cannot be decoded: CN=portal.test"},
      {{"subjectAltName", "DNS:other.test"}, "subjectAltName is there twice: CN=portal.test"}};
  for (const auto& [extension, detail] : rows) {
    std::vector<MadeExtension> extensions{extension};
    if (!extension.is_raw) extensions.push_back({"subjectAltName", "DNS:portal.test"});
    const Made leaf = made({.subject = std::string(portal),
                            .issuer = "Middle",
                            .has_own_extensions_only = true,
                            .extensions = extensions});

    const ChainVerdict verdict = verdict_of({&leaf, &middle_}, {&root_});

    EXPECT_EQ(name(verdict.reason), name(Reason::tls_untrusted));
    EXPECT_EQ(verdict.detail, detail);
  }
}

TEST_F(TlsVerifyTest, ABrokenExtensionOfTheLeafIsNamed) {
  const Made leaf = made({.subject = std::string(portal),
                          .issuer = "Middle",
                          .is_authority = false,
                          .extensions = {{"extendedKeyUsage", std::string(3, '\x05'), true}}});

  const ChainVerdict verdict = verdict_of({&leaf, &middle_}, {&root_});

  EXPECT_EQ(name(verdict.reason), name(Reason::tls_untrusted));
  EXPECT_EQ(verdict.detail, "extendedKeyUsage cannot be decoded: CN=portal.test");
}

TEST_F(TlsVerifyTest, AChainThatIsTooLongIsCalledSo) {
  std::vector<Made> chain;
  for (std::size_t index = 0; index < limits::certificate_chain + 4; ++index)
    chain.push_back(
        made({.subject = "A" + std::to_string(index), .issuer = "A" + std::to_string(index + 1)}));
  const Made root = made({.subject = chain.back() ? "A20" : "", .issuer = "A20"});
  const Made leaf = leaf_of("A0");
  Sent sent{&leaf};
  for (const Made& one : chain) sent.push_back(&one);

  const ChainVerdict verdict = verdict_of(sent, {&root});

  EXPECT_EQ(name(verdict.reason), name(Reason::tls_untrusted)) << verdict.detail;
  EXPECT_EQ(verdict.detail, "the chain is longer than 16 certificates");
}

TEST_F(TlsVerifyTest, NamesAreQuotedWithTheirTypes) {
  const Made leaf = made({.subject = std::string(portal),
                          .issuer = "Root",
                          .has_own_extensions_only = true,
                          .extensions = {{"subjectAltName", "DNS:8.8.8.8,IP:10.0.0.1"}}});

  EXPECT_EQ(verdict_of({&leaf}, {&root_}, "8.8.8.8").detail,
            "is for DNS name \"8.8.8.8\", IP address \"10.0.0.1\", not for IP address \"8.8.8.8\"");
  EXPECT_THAT(verdict_of({&leaf}, {&root_}).detail, HasSubstr("not for DNS name \"portal.test\""));
}

TEST_F(TlsVerifyTest, OfSeveralThatExpiredTheLeafIsNamedFirst) {
  const Made old_root = made({.subject = "Root", .issuer = "Root", .ends_in_days = -1});
  const Made old_middle = made({.subject = "Middle", .issuer = "Root", .ends_in_days = -2});
  const Made old_leaf = leaf_of("Middle", -3);

  const ChainVerdict verdict = verdict_of({&old_leaf, &old_middle}, {&old_root});

  EXPECT_EQ(verdict.reason, Reason::tls_expired);
  EXPECT_EQ(verdict.detail,
            "expired 3 days ago: CN=portal.test; expired 2 days ago: CN=Middle; "
            "expired 1 day ago: CN=Root");
}

TEST(TlsTimesTest, TimesThatAreTooFarApartAreTheLongestDuration) {
  const WallTime now{std::chrono::hours(24 * 365 * 56)};

  EXPECT_EQ(time_between(WallTime::min(), now), Duration::max());
  EXPECT_EQ(time_between(now, now + std::chrono::hours(5)), std::chrono::hours(5));
}

}  // namespace
}  // namespace siaga::tests
