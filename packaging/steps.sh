# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034 # used by those that source it
# steps.sh - how do packaging/try and packaging/check install and build?
#
# Sourced; expects set -euo pipefail.  Sets root (the tree), work (a folder
# that is gone at the end) and jobs.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)
work=
policy=

build_packages=(gcc make autoconf automake pkg-config libmilter-dev
	libconfig-dev libmaxminddb-dev libidn2-dev libssl-dev zlib1g-dev
	libjansson-dev libarchive-dev)
run_packages=(postfix python3)

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
	bold='' red='' green='' plain=''
fi

heading() {
	printf '\n%s== %s%s\n' "$bold" "$*" "$plain"
}

die() {
	printf '%s%s: %s%s\n' "$red" "${0##*/}" "$*" "$plain" >&2
	exit 1
}

clean_up() {
	[ -z "$policy" ] || rm -f "$policy"
	if [ -n "$work" ]; then
		# distcheck leaves its sources without write bits
		chmod -R u+w "$work" || true
		rm -rf "$work"
	fi
}

begin() {
	[ "$(id -u)" -eq 0 ] ||
		die "run it as root: it installs packages and starts an MTA"
	command -v apt-get >/dev/null ||
		die "made for Debian: there is no apt-get here"
	trap clean_up EXIT
	trap 'exit 130' INT TERM
	work=$(mktemp -d /var/tmp/postern.XXXXXX)
	chmod 755 "$work"
}

# No service of the packages may start here (invoke-rc.d(8)).
forbid_services() {
	[ -e /usr/sbin/policy-rc.d ] && return
	policy=/usr/sbin/policy-rc.d
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
}

allow_services() {
	[ -z "$policy" ] || rm -f "$policy"
	policy=
}

# Those that are not there yet, as the system knows it.
missing_packages() {
	local name
	for name in "$@"; do
		dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null |
			grep -qx installed || printf '%s\n' "$name"
	done
}

install_packages() {
	local missing
	mapfile -t missing < <(missing_packages "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	echo "installing: ${missing[*]}"
	forbid_services
	export DEBIAN_FRONTEND=noninteractive
	if ! { apt-get -q update && apt-get -q -y --no-install-recommends \
		install "${missing[@]}"; } >"$work/apt.log" 2>&1; then
		tail -n 20 "$work/apt.log" >&2
		die "the packages could not be installed (above: apt's words)"
	fi
	allow_services
}

# A copy of the sources, ready to configure; the tree stays as it is.
copy_sources() {
	mkdir "$work/src"
	tar -C "$root" --exclude=./.git --exclude='*.o' --exclude='*.a' \
		--exclude=__pycache__ -cf - . | tar -C "$work/src" -xf -
	[ ! -e "$work/src/Makefile" ] || make -C "$work/src" distclean \
		>/dev/null 2>&1 || rm -f "$work/src/Makefile" \
		"$work/src/config.status"
	(cd "$work/src" && autoreconf -fi) >"$work/autoreconf.log" 2>&1 || {
		tail -n 20 "$work/autoreconf.log" >&2
		return 1
	}
}

# build NAME [configure option]...: in $work/NAME
build() {
	local name=$1
	shift
	mkdir "$work/$name"
	(cd "$work/$name" && ../src/configure "$@" && make -j"$jobs") \
		>"$work/$name.log" 2>&1 || {
		tail -n 40 "$work/$name.log" >&2
		return 1
	}
}
