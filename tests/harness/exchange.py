# SPDX-License-Identifier: ISC
"""exchange.py - what does Exchange Online write into a header?"""

import os

from case import SOURCE

TENANT = "X-MS-Exchange-CrossTenant-Id"
ENTITY = "X-MS-Exchange-CrossTenant-FromEntityHeader"
CONNECTING = "X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp"
ORIGINATOR = "X-OriginatorOrg"
# the tenants of the blocks in tests/data/headers
CARDINAL = "a86dc674-e6a2-4c25-b4ba-e36c31382530"
MIMECASTS = "6a84b1de-1f34-4ef7-833c-a5017802acbb"
SYNOPSYS = "c33c9f88-1eb7-4099-9700-16013fd9e8aa"
ST = "75e027c9-20d5-47d5-b82f-77d7cd041e8f"
# where consumers' mail comes from, whoever they are
CONSUMERS = "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"


def block(name):
    """A header block as it was seen, its lines parted by CRLF."""
    path = os.path.join(SOURCE, "tests", "data", "headers", name)
    with open(path, encoding="utf-8") as text:
        return "".join(line.rstrip("\r\n") + "\r\n" for line in text
                       if line.strip())


def fields(*pairs):
    """A header of these names and values."""
    return "".join(f"{name}: {value}\r\n" for name, value in pairs)


def of(tenant):
    """A header that says whose tenant it was, and little else."""
    return fields((TENANT, tenant))
