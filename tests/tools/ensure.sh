#!/usr/bin/env bash
# Finds the programs that tests drive, or installs them; says in one line what it did.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }

# install PROGRAM PACKAGE ...: the first of them that the system has, where we may.
install() {
  local program=$1
  shift
  if ! { have apt-get && [ "$(id -u)" = 0 ]; }; then
    echo "The tests need $program, which is not here. Install the package ${!#} (Debian's name), then run this again." >&2
    exit 1
  fi
  apt-get update -qq >/dev/null 2>&1 || true
  for package in "$@"; do
    echo "Installing $package ..."
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 && return
  done
  echo "$program could not be installed by apt-get. Install it by hand, then run this again." >&2
  exit 1
}

if ! { have chromium-headless-shell || have chromium || have chromium-browser || have google-chrome || [ -n "${CHROMIUM:-}" ]; }; then
  install chromium chromium-headless-shell chromium
fi
# The code that is exported for R is run.
if ! { have Rscript && Rscript -e 'quit(status = !requireNamespace("httr2", quietly = TRUE))' >/dev/null 2>&1; }; then
  install "R with httr2" r-cran-httr2
fi
# Debian keeps servers where only root's PATH leads.
if ! PATH="$PATH:/usr/sbin:/usr/local/sbin" have nginx; then
  install nginx nginx-light
fi
# Wall clocks are set by it. Where it cannot be had, the history check says that it set none.
if ! compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null && have apt-get && [ "$(id -u)" = 0 ]; then
  echo "Installing libfaketime ..."
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libfaketime >/dev/null 2>&1 || true
fi
