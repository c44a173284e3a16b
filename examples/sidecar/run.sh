#!/bin/sh
# The arrangement of compose.yaml without Docker: Ollama on a port of its own, hotpatch where clients look for Ollama.
#   WORKSPACE=/path/to/project sh examples/sidecar/run.sh
# Stopping the script stops both, hotpatch first, so that streams under way may finish.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
LISTEN=${LISTEN:-127.0.0.1:11434}
BEHIND=${BEHIND:-127.0.0.1:11500}
DATA=${DATA:-./hotpatch-data}
OLLAMA=${OLLAMA:-ollama serve}
HOTPATCH=${HOTPATCH:-"node $here/../../bin/hotpatch.js"}
mkdir -p "$DATA"

OLLAMA_HOST=$BEHIND $OLLAMA &
ollama=$!
$HOTPATCH serve --listen "$LISTEN" --upstream "http://$BEHIND" --workspace "${WORKSPACE:-.}" --db "$DATA/hotpatch.db" --log-dir "$DATA/logs" &
hotpatch=$!

stop() {
  trap - INT TERM EXIT
  kill "$hotpatch" 2>/dev/null || true
  wait "$hotpatch" || true
  kill "$ollama" 2>/dev/null || true
  wait "$ollama" || true
}
trap 'stop; exit 0' INT TERM
trap stop EXIT
# While Ollama is still starting, clients are told so: 502 in their own protocol's error shape.
wait "$hotpatch"
