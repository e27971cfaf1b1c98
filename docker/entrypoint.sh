#!/bin/sh
# A connection string holds a password, so it comes as a file; the services read DATABASE_URL and DATABASE_OWNER_URL.
set -eu
if [ -n "${DATABASE_URL_FILE:-}" ]; then
  DATABASE_URL="$(cat "$DATABASE_URL_FILE")"
  export DATABASE_URL
  unset DATABASE_URL_FILE
fi
if [ -n "${DATABASE_OWNER_URL_FILE:-}" ]; then
  DATABASE_OWNER_URL="$(cat "$DATABASE_OWNER_URL_FILE")"
  export DATABASE_OWNER_URL
  unset DATABASE_OWNER_URL_FILE
fi
exec "$@"
