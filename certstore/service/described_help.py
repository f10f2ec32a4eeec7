"""What the API's description shows of questions and answers: examples."""

from collections.abc import Mapping
from typing import Any, Final

EXAMPLES: Final[Mapping[tuple[str, str], Any]] = {
    ("GET", "/v1/help"): {
        "outcome": "answer",
        "lang": "zh",
        "freed": False,
        "passages": [
            {
                "ref": "loss.report",
                "title": "居住证丢了怎么挂失",
                "text": "登录后打开「挂失」，点一下马上生效，不用材料，什么时候都行。",
                "link": "/loss",
            }
        ],
        "ask": "/windows",
    },
}
