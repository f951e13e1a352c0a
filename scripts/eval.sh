#!/usr/bin/env bash
# The accuracy figures of docs/benchmarks.md, each with a report page. Slow: not
# part of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${BONAFIDE_DEV_DATA:?set BONAFIDE_DEV_DATA to the folder with manifest.csv}
out=target/eval
mkdir -p "$out"
bin=target/release/bonafide

# The people of a pair are the file names without their number.
python3 - "$data/face/lfw_pairs.csv" >"$out/pairs.csv" <<'P'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
same = "same" if "same" in rows[0] else "label_same"
who = lambda path: path.rsplit("/", 1)[-1].rsplit("_", 1)[0]
print("img_a,img_b,same,id_a,id_b")
for row in rows:
    a, b = row["img_a"], row["img_b"]
    print(a, b, row[same], who(a), who(b), sep=",")
P

for embedders in sface fused; do
  echo "== faces, $embedders"
  "$bin" eval face --pairs "$out/pairs.csv" --root "$data" --embedders "$embedders" \
    --report "$out/face-$embedders" --json >"$out/face-$embedders.json"
done
echo "== presentation attacks"
"$bin" eval pad --manifest "$data/manifest.csv" --root "$data" --report "$out/pad" --json >"$out/pad.json"
echo "== documents"
"$bin" eval document --manifest "$data/manifest.csv" --root "$data" --report "$out/document" --json >"$out/document.json"
echo "== risk signals"
"$bin" eval risk --contact "$data/contact" --json >"$out/risk.json"
echo "reports in $out"
