# Verifies a message of Stoa (Standard Webhooks 1.0.0). Usage: python3 verify_webhook.py <secret> < message
# A message is its three headers, an empty line and the body as it came: not parsed, not printed anew.
import base64
import hashlib
import hmac
import sys
import time

TOLERANCE_SECONDS = 300


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # After a reset of the key there are two signatures: one that fits is enough.
    return any(hmac.compare_digest(wanted, given) for given in headers["webhook-signature"].split(" "))


head, _, body = sys.stdin.buffer.read().partition(b"\n\n")
headers = dict(line.split(": ", 1) for line in head.decode().split("\n"))
genuine = verify(sys.argv[1], headers, body)
print("genuine" if genuine else "forged")
sys.exit(0 if genuine else 1)
