"""A claim that AWS published as known to work, for the demo and for `bench` to compute again.

It is a Python value and not a data file, because tools that bundle a program (PyInstaller, Nuitka)
find modules by themselves, and data files only when they are named.
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["SOURCE", "TRANSCRIPT"]

SOURCE: Final = "aws/aws-sdk-net-extensions-cognito, AuthenticationCryptoTests.cs, 3394bc57"
"""Repository, file and commit. A comment there calls the signature a known working claim."""

TRANSCRIPT: Final[Mapping[str, str]] = {
    "kind": "user",
    "pool_id": "us-east-1_Pj8nlkpKR",
    "user_id": "User5",
    "password": "Password1!",
    # Longer than N, as AWS wrote it.
    "a": "20" * 1023 + "0",
    "salt": "b704a27deb8cf5efec43a40eac5b60d2",
    "srp_b": (
        "f6c76f03232c3a93a634f5e49a74efbfffcd2b81f0dacb2bce0274ae68601b3d42a98feb96ba6a310cc2"
        "d4183edac62d571d0d220258d8753a80c4f8815a10953a21964f19c824916f46417f46d921d7956bf5c1"
        "0c63e7b1c84ce6e2bc407b4e0a103a529313f439182c6450ed434d049e0d9dd5da8cf3a1d1f6f2839f55"
        "754a7b17444b8c55ff6b13bf63f61e473ad6fad9f4a1a0b2541b200de07c10296d679b36bf683245cee0"
        "39842ad9579031e26cb0931ac202fe713fa2c64f920a9830722f708d5ede7ab0521363e45fb2ad0afefb"
        "d65264c39f46d0c4011e2e8dbf8d6c53764719599a359b17bcd4d7e37c76e9e68adde0dc586a29f835a2"
        "decab335a49408fbc8452d2696743f4465d12748851889d405d7287296e93f9abfb9f11806235bb588e8"
        "381a0060a174f5b0959eedba81b94eb383e80465323b1fc85478edcca4b67403a45b73ccbdcd9eaeaceb"
        "d5f2ca32c7344fdbbc15a2a3d060c2b822851a282370a8dacbbfedbc511376a6e8ad95a5ce28fc2b9c37"
        "751c8d4314b9"
    ),
    "secret_block": (
        "iZY+s7lYj4/5me1dgBZ9QR0vYOoatfBhec3Rc3kqPFAGIWAwxmaoXkOR1+kEvm0Aic/CxgXe0KHTTZuyKpsM"
        "fjbo2J2YweeAtj47z6HCgVScBHeJ5il4NUhGJ6ehqWPls5ub233161UU/SxKAZYySbB8NNHIQidPNxEvBycU"
        "5gOeO9cOv4dlm3dwSRNFlg8OWJysI7+ZXUgSWdfUBqog90wkIfLr7HirXnd3axiqpHqAApu4Ls7JFvgXxJa7"
        "4ZJLtFobED/qSc4ALtRiAPwhKkomxhSXDF1S3dD+LcTQaR0/gJY1+p1CuyTCQNBTVz5idOq8NhG/mMupKow7"
        "i54xWJp3gWCeRLMRYD5Od/b7QSgtBYZeLT2rDPb6T8oy8qScK4gq+1Ye6KmXTtmdc7XBhwtyCk4xA8YBjeXO"
        "/Gq3G+rzpqMOS9e8P/EZ1xldkcme0qYesbUiKSVO30N2lPKo3qzWyq6zFi0pINpCiWLD+qdWa9Arofsml2IY"
        "gCxZwmoIRVk8vd/+UdhErVRFdOmMZWQVLki0K09UgrnvLLBcMxc4wq8myUmMivVpxg8vSaexrxGxDVnKZHgf"
        "l0jFCEWIYyMvPAspOo9bBT1l+oQlVpf6RPKWlxgE4JSiWd9LD3PMdtETsyrWv1IxtktyzGI27UVanj0gGfes"
        "M56/FNImaxh+eoTBq4fJWxvfN0FvB90Ib/ZV+oJZ3jj8pKrZmDohutOQZqEIP5mme3UMGbkeF1zVnBuPT/Uj"
        "yb94RayMB4qvqnZap87o8gJ4iv0yp+HMAAxvPSvYJSr/dny/jEdsWM8aKU+a9+n3aMPo/97DSIyiw2E3jcor"
        "R2emlichUHqdwDg/GAACUMTmV6peecDdhuF/KNZXBF4GEsoutDzPSsaXnQ11qKejULZt//fQ/e5JzWbUVhWX"
        "BOiRr4JmbPdmWo9WIORrg/yrAlSe9RNnJOW+OCsAKLZYEHfuueUQYaxOpBTst+YQXzbwNYyX47H8nUDVXRLi"
        "A0zAoQHeTMXN8lL688MTICEUNaJW9QWjrNIaTPic0oJ6CxVM/ayd8qv28EQ9BhyyE5yEreC9y+bpUQjTwxe6"
        "2H/j0NiMsE5806dhx2RzxBlEYl51hs1aqwpQ6NGn51bwZPZ5O7YitLyYdAoEdTo0hCXTKF2ITbSy8ZDv5cxQ"
        "Sv5zyXeHRfa/o1GSHWPawy3lYjHChVVj/ALBjpFVPJJwByQZqgXsrvuknWk7QFAi21acQxm/4pqPVtFNVW7y"
        "Z51FawlQu6rKKfu1kyTJ6CKlcdXuJFv/NxQLPLq/to4b0UHNaD/mymwr0GSEn9GxpVB4fjhL4L2BRxCpt4lf"
        "Ltx1KMiTivUMIhrVShnrgUy2mpd/jooMsSf17GSvCYReg9dsaqvZXqbEMv6P2BX+RNXicLSfeDO9NyZhtuWZ"
        "xyLJ5IlagOpVNbtGb/HCEQy+zF8ySzho6e8vHxNodJX+xwCxRyKl6wbEdSEulWgm5WaUmsfySrNqLKassfrT"
        "dKLHyWUvjbWucEFzS0ddu+Q7j5RGaZ4MO7Qf1hN57WUE7irwXBc9UoAWI3Sggb+oDDuVKN5PMF6cL+3/yfet"
        "GX0Wrh9tk34z5pizLmOgqOqkMW5yFDqw8/pRqQA4Qo+VrpHL1a4vANgmOHw98918pFiCG5lacOQn4FmA2QGW"
        "fNxU72qy6MLPnTgN/olShAFNFgckIn2F"
    ),
    "timestamp": "Thu Jun 15 07:00:00 UTC 2017",
    "signature": "QwHbbUqF6DSSepJh2QqTWDCb1XjmqaxnnW5kDn5dz7E=",
}
