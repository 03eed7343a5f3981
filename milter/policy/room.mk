noinst_LIBRARIES += milter/policy/libpolicy.a
milter_policy_libpolicy_a_SOURCES = \
	milter/policy/actions.def milter/policy/conditions.def \
	milter/policy/reasons.def \
	milter/policy/class.c milter/policy/class.h \
	milter/policy/condition.c \
	milter/policy/connecting.c milter/policy/connecting.h \
	milter/policy/decide.c milter/policy/decide.h \
	milter/policy/decide_recipient.c milter/policy/decision.h \
	milter/policy/domains.c milter/policy/domains.h \
	milter/policy/evidence.c milter/policy/evidence.h \
	milter/policy/facts.c milter/policy/facts.h \
	milter/policy/geo.c milter/policy/geo.h \
	milter/policy/guid.c milter/policy/guid.h \
	milter/policy/header.c milter/policy/header.h \
	milter/policy/match.c \
	milter/policy/nearest.c milter/policy/nearest.h \
	milter/policy/needs.c milter/policy/needs.h \
	milter/policy/outlook.c \
	milter/policy/patterns.c milter/policy/patterns.h \
	milter/policy/recipient.c milter/policy/recipient.h \
	milter/policy/privacy.c milter/policy/privacy.h \
	milter/policy/record.c milter/policy/record.h \
	milter/policy/record_ends.c milter/policy/record_json.c \
	milter/policy/record_own.c milter/policy/record_parts.h \
	milter/policy/reply.c milter/policy/reply.h \
	milter/policy/rules.c milter/policy/rules.h \
	milter/policy/unfold.c milter/policy/unfold.h \
	milter/policy/words.c

check_PROGRAMS += tests/unit/test_domains
TESTS += tests/unit/test_domains
tests_unit_test_domains_SOURCES = tests/unit/test_domains.c
tests_unit_test_domains_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_recipient
TESTS += tests/unit/test_recipient
tests_unit_test_recipient_SOURCES = tests/unit/test_recipient.c
tests_unit_test_recipient_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_decide
TESTS += tests/unit/test_decide
tests_unit_test_decide_SOURCES = tests/unit/test_decide.c
tests_unit_test_decide_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_reply
TESTS += tests/unit/test_reply
tests_unit_test_reply_SOURCES = tests/unit/test_reply.c
tests_unit_test_reply_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_record
TESTS += tests/unit/test_record
tests_unit_test_record_SOURCES = tests/unit/test_record.c
tests_unit_test_record_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
POLICY_HELP = tests/unit/policy_help.c tests/unit/policy_help.h
check_PROGRAMS += tests/unit/test_patterns
TESTS += tests/unit/test_patterns
tests_unit_test_patterns_SOURCES = tests/unit/test_patterns.c
tests_unit_test_patterns_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_match
TESTS += tests/unit/test_match
tests_unit_test_match_SOURCES = tests/unit/test_match.c $(POLICY_HELP)
tests_unit_test_match_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_near_miss
TESTS += tests/unit/test_near_miss
tests_unit_test_near_miss_SOURCES = tests/unit/test_near_miss.c $(POLICY_HELP)
tests_unit_test_near_miss_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_outlook
TESTS += tests/unit/test_outlook
tests_unit_test_outlook_SOURCES = tests/unit/test_outlook.c $(POLICY_HELP)
tests_unit_test_outlook_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_truth
TESTS += tests/unit/test_truth
tests_unit_test_truth_SOURCES = tests/unit/test_truth.c $(POLICY_HELP)
tests_unit_test_truth_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_needs
TESTS += tests/unit/test_needs
tests_unit_test_needs_SOURCES = tests/unit/test_needs.c $(POLICY_HELP)
tests_unit_test_needs_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_guid
TESTS += tests/unit/test_guid
tests_unit_test_guid_SOURCES = tests/unit/test_guid.c
tests_unit_test_guid_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_evidence
TESTS += tests/unit/test_evidence
tests_unit_test_evidence_SOURCES = tests/unit/test_evidence.c $(POLICY_HELP)
tests_unit_test_evidence_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_header
TESTS += tests/unit/test_header
tests_unit_test_header_SOURCES = tests/unit/test_header.c $(POLICY_HELP)
tests_unit_test_header_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_class
TESTS += tests/unit/test_class
tests_unit_test_class_SOURCES = tests/unit/test_class.c $(POLICY_HELP)
tests_unit_test_class_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_measure
TESTS += tests/unit/test_measure
tests_unit_test_measure_SOURCES = tests/unit/test_measure.c $(POLICY_HELP)
tests_unit_test_measure_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_geo_text
TESTS += tests/unit/test_geo_text
tests_unit_test_geo_text_SOURCES = tests/unit/test_geo_text.c
tests_unit_test_geo_text_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/test_privacy
TESTS += tests/unit/test_privacy
tests_unit_test_privacy_SOURCES = tests/unit/test_privacy.c
tests_unit_test_privacy_LDADD = $(POLICY) $(IDN2_LIBS) $(CMOCKA_LIBS)
