#!/bin/sh
# Makes the role that the owner's service runs as, or gives it the password of its file again. The service grants it what it
# needs, as the owner, at every start. The quoted words of the here-document are psql's: a password is never part of a command.
set -eu
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set role="${POSTGRES_DB}_service" --set password="$(cat "$SERVICE_PASSWORD_FILE")" <<'SQL'
set log_statement = 'none';
set log_min_error_statement = 'panic';
select format('create role %I login', :'role') where not exists (select from pg_roles where rolname = :'role') \gexec
alter role :"role" login password :'password';
SQL
