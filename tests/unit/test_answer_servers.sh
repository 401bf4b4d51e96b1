#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Answers from the servers that people run, in namespaces of this test: dnsmasq by TFTP; nginx by
# HTTP and HTTPS and vsftpd by FTP where they are installed (nobody should get daemons on their
# ports for this test: test_fetch and test_https_peers have servers of their own).
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin

if [ -z "${SERVERS_LAB:-}" ]; then
	if ! unshare -rnmp --fork true 2>/dev/null; then
		echo "skipped: no namespaces for this user"
	elif ! command -v dnsmasq >/dev/null; then
		echo "skipped: no dnsmasq"
	else
		lab=$(mktemp -d)
		trap 'rm -rf "$lab"' EXIT
		chmod 755 "$lab"
		SERVERS_LAB=$lab timeout 900 unshare -rnmp --mount-proc --kill-child sh "$0"
	fi
	exit
fi

lab=$SERVERS_LAB
answers=${XENHOST_BUILD:-build}/xenhost-answers
install=${XENHOST_BUILD:-build}/xenhost-install
servers=tftp://127.0.0.1
ip link set lo up
mkdir "$lab/files" "$lab/nginx"

fail() {
	echo "test_answer_servers: $*"
	tail -n 20 "$lab"/*.log
	exit 1
}

machine=tests/machines/bios-virtio.json
mac=$(grep -o '"mac": "[^"]*"' $machine | head -n 1 | cut -d '"' -f 4)
cp tests/answers/golden/virtio.xml "$lab/files/$mac.xml"
cp tests/answers/golden/virtio.xml "$lab/files/a b.xml"
openssl req -x509 -newkey ed25519 -nodes -subj /CN=fleet -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$lab/key.pem" -out "$lab/cert.pem" 2>/dev/null
printf 'fleet:{PLAIN}se cret\n' >"$lab/users"

# Neither may change its user and groups in a namespace.
dnsmasq --no-daemon --port=0 --enable-tftp \
	--tftp-root="$lab/files" --listen-address=127.0.0.1 \
	>"$lab/dnsmasq.log" 2>&1 &
# until_true WHAT-FAILED COMMAND...
until_true() {
	failed=$1
	shift
	tries=1200
	until "$@" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || fail "$failed"
		sleep 0.1
	done
}

# wait_for PORT
wait_for() {
	until_true "no server answers on port $1" bash -c "exec 3<>/dev/tcp/127.0.0.1/$1"
}

start_nginx() {
	cat >"$lab/nginx.conf" <<CONF
user root root;
master_process off;
daemon off;
pid $lab/nginx.pid;
error_log $lab/nginx.log;
events {}
http {
	access_log $lab/requests.log combined;
	client_body_temp_path $lab/nginx;
	proxy_temp_path $lab/nginx;
	fastcgi_temp_path $lab/nginx;
	uwsgi_temp_path $lab/nginx;
	scgi_temp_path $lab/nginx;
	log_format who '\$http_x_rhn_provisioning_mac_0';
	server {
		listen 127.0.0.1:80;
		listen 127.0.0.1:443 ssl;
		ssl_certificate $lab/cert.pem;
		ssl_certificate_key $lab/key.pem;
		ssl_client_certificate $lab/cert.pem;
		ssl_verify_client optional;
		root $lab/files;
		access_log $lab/who.log who;
		location /closed/ {
			alias $lab/files/;
			auth_basic fleet;
			auth_basic_user_file $lab/users;
		}
		location /known/ {
			alias $lab/files/;
			if (\$ssl_client_verify != SUCCESS) { return 403; }
		}
		location /moved/ { return 302 http://127.0.0.1/closed/; }
	}
}
CONF
	nginx -e "$lab/nginx.log" -c "$lab/nginx.conf" >"$lab/nginx.out.log" 2>&1 &
	wait_for 443
	servers="$servers http://127.0.0.1 http://fleet:se%20cret@127.0.0.1/closed"
}

start_vsftpd() {
	cat >"$lab/vsftpd.conf" <<CONF
listen=YES
background=NO
run_as_launching_user=YES
anonymous_enable=YES
anon_root=$lab/files
seccomp_sandbox=NO
vsftpd_log_file=$lab/vsftpd.log
xferlog_enable=YES
secure_chroot_dir=$lab/nginx
CONF
	vsftpd "$lab/vsftpd.conf" >"$lab/vsftpd.out.log" 2>&1 &
	wait_for 21
	servers="$servers ftp://127.0.0.1"
}

# expect CODE WORDS COMMAND...
expect() {
	want=$1
	words=$2
	shift 2
	got=0
	"$@" >"$lab/out" 2>&1 || got=$?
	[ "$got" -eq "$want" ] && grep -qF -e "$words" "$lab/out" && return
	cat "$lab/out"
	fail "$* gave $got, not $want with \"$words\""
}

for server in nginx vsftpd; do
	if command -v $server >/dev/null; then
		start_$server
	else
		echo "left out: no $server"
	fi
done
for server in $servers; do
	expect 0 " 0 errors" "$answers" check "$server/$mac.xml"
	expect 0 " 0 errors" "$answers" check "$server/a%20b.xml"
	expect 6 "not found on the server" "$answers" check "$server/none.xml"
	# shellcheck disable=SC2016 # it is the machine's to replace
	expect 0 "Install " "$install" plan --machine $machine --answers "$server/"'${mac}.xml' \
		--source tests/golden/manifest.json
done
command -v nginx >/dev/null || exit 0
expect 6 "401" "$answers" check "http://127.0.0.1/closed/$mac.xml"
expect 6 "401" "$answers" check "http://fleet:wrong@127.0.0.1/closed/$mac.xml"
grep -q "wrong" "$lab/out" && fail "a password is shown"
expect 6 "certificate is not trusted" "$answers" check "https://127.0.0.1/$mac.xml"

# Held to one certificate by the machine's boot line; and told which machine asks.
pin=$(openssl x509 -in "$lab/cert.pem" -noout -fingerprint -sha256 | cut -d = -f 2)
told() {
	sed "s|\"command_line\": \"[^\"]*\"|\"command_line\": \"xenhost.answers-fingerprint=$1\"|" $machine >"$lab/told.json"
	# shellcheck disable=SC2016
	echo 'https://127.0.0.1/${mac}.xml'
}
: >"$lab/who.log"
expect 0 "Install " "$install" plan --answers "$(told "$pin")" --machine "$lab/told.json" \
	--source tests/golden/manifest.json
# nginx writes its line after the answer has gone.
until_true "nginx was not told which machine asks" grep -qF "$mac" "$lab/who.log"
expect 6 "not the one asked for" "$install" plan --answers "$(told "$(echo "$pin" | tr 0-9A-F 1-9A-F0)")" \
	--machine "$lab/told.json" --source tests/golden/manifest.json

# A server that wants to know who plans.
mine=$(told "$pin" | sed "s|127.0.0.1/|127.0.0.1/known/|")
expect 6 "403" "$install" plan --answers "$mine" --machine "$lab/told.json" --source tests/golden/manifest.json
expect 0 "Install " "$install" plan --answers "$mine" --machine "$lab/told.json" --source tests/golden/manifest.json \
	--client-certificate "$lab/cert.pem" --client-key "$lab/key.pem"
expect 2 "cannot read" "$install" plan --answers "$mine" --machine "$lab/told.json" --client-certificate "$lab/none.pem"
