#!/usr/bin/env bash
# Makes the fictitious chips of this folder anew: four authorities of Utopia, a document
# signer and a security object of each, and a master list of all four. Keys are thrown
# away. Needs openssl and python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 - "$here" <<'P'
import hashlib, struct, sys
here = sys.argv[1]

def tlv(tag, body):
    n = len(body)
    if n < 128: return tag + bytes([n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, 'big')
    return tag + bytes([0x80 | len(size)]) + size + body

zone = b'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10'
dg1 = tlv(b'\x61', tlv(b'\x5f\x1f', zone))
jpeg = b'\xff\xd8\xff\xe0' + b'not a face' + b'\xff\xd9'
face = bytes(4 + 2 + 14) + bytes(12) + jpeg
face = struct.pack('>I', len(face)) + face[4:]
record = b'FAC\x00' + b'010\x00' + struct.pack('>IH', 14 + len(face), 1) + face
template = tlv(b'\x7f\x60', tlv(b'\xa1', b'') + tlv(b'\x5f\x2e', record))
dg2 = tlv(b'\x75', tlv(b'\x7f\x61', tlv(b'\x02', b'\x01') + template))
open(f'{here}/dg1.bin', 'wb').write(dg1)
open(f'{here}/dg2.bin', 'wb').write(dg2)
names = {'sha1': '06052b0e03021a', 'sha256': '0609608648016503040201',
         'sha384': '0609608648016503040202', 'sha512': '0609608648016503040203'}
for name, oid in names.items():
    digest = lambda b: hashlib.new(name, b).digest()
    groups = b''.join(tlv(b'\x30', tlv(b'\x02', bytes([n])) + tlv(b'\x04', digest(b)))
                      for n, b in ((1, dg1), (2, dg2)))
    algorithm = tlv(b'\x30', bytes.fromhex(oid) + b'\x05\x00')
    open(f'{name}.lds', 'wb').write(
        tlv(b'\x30', tlv(b'\x02', b'\x00') + algorithm + tlv(b'\x30', groups)))
P

cat >ds.cnf <<'C'
[ds]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
[csca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
C

# Name, key of the authority, key of the signer, hash, extra options of the signature.
chip() {
  local name=$1 csca=$2 ds=$3 hash=$4
  shift 4
  local pss=() padding=()
  [[ ${1:-} == pss ]] && pss=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1) &&
    padding=(-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:-1)
  eval openssl genpkey "$csca" -out csca.key 2>/dev/null
  eval openssl genpkey "$ds" -out ds.key 2>/dev/null
  openssl req -x509 -new -key csca.key "-$hash" "${pss[@]}" -days 7300 -config /dev/null \
    -subj "/C=UT/O=Utopia/CN=CSCA $name" -extensions csca -config <(cat ds.cnf; printf '[req]\ndistinguished_name=n\n[n]\n') -out "csca_$name.pem"
  openssl req -new -key ds.key -subj "/C=UT/O=Utopia/CN=DS $name" -config <(printf '[req]\ndistinguished_name=n\n[n]\n') -out ds.csr
  openssl x509 -req -in ds.csr -CA "csca_$name.pem" -CAkey csca.key "-$hash" "${pss[@]}" -days 5500 \
    -set_serial 0x5eed -extfile ds.cnf -extensions ds -out ds.pem 2>/dev/null
  openssl cms -sign -binary -nodetach -econtent_type 2.23.136.1.1.1 -in "$hash.lds" -md "$hash" \
    -signer ds.pem -inkey ds.key "${padding[@]}" -nosmimecap -outform DER -out cms.der
  python3 -c '
import sys
b = open("cms.der", "rb").read()
n = len(b).to_bytes(2, "big")
open(sys.argv[1], "wb").write(b"\x77\x82" + n + b)' "$here/sod_$name.bin"
  openssl x509 -in "csca_$name.pem" -outform DER -out "csca_$name.der"
}

explicit="-pkeyopt ec_param_enc:explicit"
curve() { echo "-algorithm EC -pkeyopt ec_paramgen_curve:$1"; }
chip brainpool "$(curve brainpoolP384r1) $explicit" "$(curve brainpoolP224r1) $explicit" sha1
chip nist "$(curve P-521)" "$(curve P-256) $explicit" sha512
chip rsa "-algorithm RSA -pkeyopt rsa_keygen_bits:3072" "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" sha256
chip pss "-algorithm RSA -pkeyopt rsa_keygen_bits:3072" "-algorithm RSA -pkeyopt rsa_keygen_bits:2048" sha384 pss

# The list is signed by the last authority's signer.
python3 - <<'P'
import glob
def tlv(tag, body):
    size = len(body).to_bytes(2, 'big')
    return tag + b'\x82' + size + body
certificates = b''.join(sorted(open(f, 'rb').read() for f in glob.glob('csca_*.der')))
open('list', 'wb').write(tlv(b'\x30', b'\x02\x01\x00' + tlv(b'\x31', certificates)))
P
openssl cms -sign -binary -nodetach -econtent_type 2.23.136.1.1.2 -in list -md sha384 \
  -signer ds.pem -inkey ds.key -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:-1 \
  -nosmimecap -outform DER -out "$here/master_list.ml"
