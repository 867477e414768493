"""modulus.py: N is a safe prime. test_srp.py compares it with its definition in RFC 3526."""

import gmpy2

from srp_cognito.proof.modexp.modulus import WIDTH, N


def test_n_is_a_safe_prime_for_which_minus_two_is_not_a_residue() -> None:
    assert gmpy2.is_prime(N, 10)
    assert gmpy2.is_prime((N - 1) // 2, 10)
    assert gmpy2.legendre(2, N) == 1
    assert gmpy2.legendre(N - 2, N) == -1


def test_the_width_is_that_of_n_in_bytes() -> None:
    assert (N.bit_length() + 7) // 8 == WIDTH
