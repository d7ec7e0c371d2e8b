# shellcheck shell=bash
# The demo office: real servers on loopback in one temporary folder, as a small provincial office
# might have them, several of them unwell. Everything listens on unprivileged ports of 127.0.10.x;
# nothing outside the folder is touched and nothing leaves this machine.
#
#   office_start FOLDER   certificates, nginx, nsd, the silent ones; writes FOLDER/siaga.toml
#   office_stop           ends what office_start began

office_files=$(dirname "${BASH_SOURCE[0]}")
office_pids=()

office_start() {
  local folder=$1
  mkdir -p "$folder"/{www,state,nsd,temp,log}
  chmod 755 "$folder" "$folder/www"
  office_ports "$folder"
  office_certificates "$folder/certificates"
  cp "$office_files"/www/* "$folder/www/"
  office_fill "$office_files/nginx.conf.in" >"$folder/nginx.conf"
  office_fill "$office_files/nsd.conf.in" >"$folder/nsd.conf"
  office_fill "$office_files/office.zone" >"$folder/nsd/office.zone"
  office_fill "$office_files/demo.toml.in" >"$folder/siaga.toml"
  if [ "$(id -u)" = 0 ]; then chown -R nobody "$folder/nsd" "$folder/temp"; fi
  office_serve "$folder" silent /usr/bin/python3 "$office_files/silent.py" "$SILENT_PORT"
  office_serve "$folder" nginx nginx -e "$folder/log/nginx.error" -c "$folder/nginx.conf"
  office_serve "$folder" nsd nsd -d -c "$folder/nsd.conf"
  office_wait "$folder"
}

office_stop() {
  [ ${#office_pids[@]} = 0 ] && return
  kill "${office_pids[@]}" 2>/dev/null || true
  wait "${office_pids[@]}" 2>/dev/null || true
  office_pids=()
}

# The agent's own port is the usual one where that is free; all others are whatever is free.
# shellcheck disable=SC2034  # office_fill reads these by name
office_ports() {
  FOLDER=$1
  read -r HTTP_PORT HTTPS_PORT EXPIRED_PORT WRONG_PORT DNS_PORT SILENT_PORT CLOSED_PORT WEB_PORT < <(
    /usr/bin/python3 "$office_files/free_ports.py" 8 9790)
  if [ "$(id -u)" = 0 ]; then
    NGINX_USER='user nobody nogroup;' NSD_USER=nobody
  else
    NGINX_USER='' NSD_USER=''
  fi
}

# office_fill FILE: the file with every @NAME@ replaced by the shell's value.
office_fill() {
  local text name
  text=$(<"$1")
  for name in FOLDER HTTP_PORT HTTPS_PORT EXPIRED_PORT WRONG_PORT DNS_PORT SILENT_PORT CLOSED_PORT \
    WEB_PORT NGINX_USER NSD_USER; do
    text=${text//@$name@/${!name}}
  done
  printf '%s\n' "$text"
}

office_serve() {
  local folder=$1 name=$2
  shift 2
  "$@" >"$folder/log/$name" 2>&1 </dev/null &
  office_pids+=($!)
}

# Until every server answers; their log is shown when one does not.
office_wait() {
  local folder=$1 tries
  for tries in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.10.1/$HTTP_PORT") 2>/dev/null &&
      (exec 3<>"/dev/tcp/127.0.10.53/$DNS_PORT") 2>/dev/null; then
      return
    fi
    kill -0 "${office_pids[@]}" 2>/dev/null || break
    sleep 0.1
  done
  echo "the demo office did not start (after $tries looks):" >&2
  tail -n 20 "$folder"/log/* >&2
  return 1
}

# A certificate authority of our own and three leaves: good, expired, for another name.
office_certificates() {
  local folder=$1
  mkdir -p "$folder/issued"
  : >"$folder/index"
  echo 1000 >"$folder/serial"
  cat >"$folder/ca.conf" <<CONF
[ca]
default_ca = office
[office]
dir = $folder
database = $folder/index
serial = $folder/serial
new_certs_dir = $folder/issued
certificate = $folder/ca.pem
private_key = $folder/ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
CONF
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Demo office CA" \
    -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
  local today past
  today=$(date -u -d '-1 day' +%Y%m%d000000Z)
  past=$(date -u -d '-3 days' +%Y%m%d000000Z)
  office_leaf "$folder" good secure.office.test "$today" "$(date -u -d '+30 days' +%Y%m%d000000Z)"
  office_leaf "$folder" expired expired.office.test "$(date -u -d '-90 days' +%Y%m%d000000Z)" "$past"
  office_leaf "$folder" other other.office.test "$today" "$(date -u -d '+30 days' +%Y%m%d000000Z)"
}

office_leaf() {
  local folder=$1 file=$2 host=$3 from=$4 until=$5
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host" -keyout "$folder/$file.key" -out "$folder/$file.csr" 2>/dev/null
  openssl ca -batch -notext -config "$folder/ca.conf" -startdate "$from" -enddate "$until" \
    -in "$folder/$file.csr" -out "$folder/$file.pem" 2>/dev/null
}
