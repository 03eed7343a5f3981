# Tests that belong to no single room; unit tests stand in each room.mk.

dist_check_SCRIPTS += tests/lint/layers
TESTS += tests/lint/layers
EXTRA_DIST += tests/lint/pure-symbols

dist_check_SCRIPTS += tests/lint/format
TESTS += tests/lint/format

# cases as text: what is known, and the verdict that must come of it
TESTS += tests/cases/run
EXTRA_DIST += tests/cases/run \
	tests/cases/conditions.case tests/cases/conditions.conf \
	tests/cases/headers.case tests/cases/headers.conf \
	tests/cases/customers.table \
	tests/cases/near-miss.case tests/cases/near-miss.conf \
	tests/cases/near-miss-rejected.conf \
	tests/cases/two-policies.case tests/cases/two-policies.conf

# the admin's command, and what the manual pages say of it
TESTS += tests/cli/run tests/cli/explained.py tests/cli/header.py \
	tests/cli/follow.py tests/cli/verify.py \
	tests/lint/docs
EXTRA_DIST += tests/cli/run tests/cli/explained.py tests/cli/header.py \
	tests/cli/follow.py tests/cli/verify.py tests/harness/auditlog.py \
	tests/harness/verifier.py \
	tests/lint/docs tests/data/headers

# the daemon on a socket, then before real MTAs; each script holds many cases
WIRE_TESTS = tests/wire/accepted.py tests/wire/actions.py tests/wire/apart.py \
	tests/wire/at_connect.py tests/wire/broken_off.py \
	tests/wire/check_agrees.py tests/wire/clients.py \
	tests/wire/control.py \
	tests/wire/command.py tests/wire/conditions.py \
	tests/wire/flood.py tests/wire/forward.py \
	tests/wire/geo.py tests/wire/glass.py tests/wire/headers.py tests/wire/hostile.py \
	tests/wire/judge.py \
	tests/wire/limits.py tests/wire/watchdog.py \
	tests/wire/log_failure.py tests/wire/macros.py \
	tests/wire/order.py tests/wire/privacy.py \
	tests/wire/random_order.py tests/wire/rotation.py \
	tests/wire/recipients.py \
	tests/wire/reload.py tests/wire/start.py tests/wire/status.py \
	tests/wire/tables.py
SYSTEM_TESTS = tests/system/actions.py tests/system/brought.py \
	tests/system/certificates.py \
	tests/system/each_message.py tests/system/fail2ban.py \
	tests/system/names.py \
	tests/system/negotiation.py \
	tests/system/recipients.py tests/system/refused_at_connect.py \
	tests/system/several.py tests/system/tenants.py \
	tests/system/with_postfix.py \
	tests/system/with_sendmail.py
# what goes wrong under load, held to what was promised for it
CHAOS_TESTS = tests/chaos/clock.py tests/chaos/crowd.py \
	tests/chaos/disk.py tests/chaos/killed.py
dist_check_SCRIPTS += $(WIRE_TESTS) $(SYSTEM_TESTS) $(CHAOS_TESTS) \
	tests/lint/scripts
TESTS += tests/lint/scripts $(WIRE_TESTS) $(SYSTEM_TESTS) $(CHAOS_TESTS)
EXTRA_DIST += tests/harness/case.py tests/harness/chain.py \
	tests/harness/disagree.py tests/harness/dns.py \
	tests/harness/exchange.py \
	tests/harness/load.py \
	tests/harness/mail.py tests/harness/milter.py \
	tests/harness/mounts.py tests/harness/mtas.py \
	tests/harness/netns.py tests/harness/posternd.py \
	tests/harness/postfix.py tests/harness/proc.py \
	tests/harness/receiver.py \
	tests/harness/relay.py \
	tests/harness/sendmail.py \
	tests/harness/sink.py tests/harness/smtp.py \
	tests/harness/spellings.py tests/harness/tls.py \
	tests/harness/tsan.supp \
	packaging/check packaging/demonstrate packaging/steps.sh \
	packaging/try

# Those of the wire in which several threads are at work on one thing.
THREAD_TESTS = tests/wire/accepted.py tests/wire/control.py \
	tests/wire/flood.py \
	tests/wire/glass.py tests/wire/hostile.py tests/wire/judge.py \
	tests/wire/limits.py tests/wire/log_failure.py \
	tests/wire/random_order.py tests/wire/reload.py tests/wire/rotation.py \
	tests/wire/start.py \
	tests/wire/status.py

# What packaging/check runs again: under AddressSanitizer and UBSan, under
# ThreadSanitizer (what has threads), and inside make distcheck.
check-sanitized:
	$(MAKE) check \
	    TESTS='$(filter tests/unit/% tests/conf/% $(WIRE_TESTS),$(TESTS))'
check-threads:
	$(MAKE) check TESTS='$(filter tests/unit/test_log% \
	    tests/unit/test_databases tests/unit/test_geo_change \
	    tests/unit/test_generation tests/unit/test_glass \
	    tests/unit/test_flood \
	    tests/unit/test_callbacks $(THREAD_TESTS),$(TESTS))'
# is everything in it?  These need no file of it, and wait a minute each
WAITING_TESTS = tests/unit/test_keeper tests/unit/test_log% \
	tests/unit/test_rotate tests/unit/test_sealer
check-dist:
	$(MAKE) distcheck TESTS='$(filter-out $(WAITING_TESTS),$(filter \
	    tests/unit/% tests/conf/% tests/cases/% tests/lint/layers \
	    tests/wire/judge.py,$(TESTS)))'
.PHONY: check-sanitized check-threads check-dist

include $(srcdir)/tests/bench/bench.mk

# A folder in EXTRA_DIST is taken from the build, too, with what its tests
# left there.
dist-hook:
	find '$(distdir)' \( -name '*.log' -o -name '*.trs' \) -exec rm -f {} +
