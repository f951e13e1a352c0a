//! Signatures on the elliptic curves of travel documents (BSI TR-03111, 4.2.1).
//!
//! The curves of a document are named or written out in full, and many are Brainpool's,
//! which the tree's provider does not have. Everything here is public (key, signature,
//! message), so the arithmetic need not hide its running time; see
//! docs/decisions/0013-chip.md for why it is our own.
//!
//! A curve that is written out must be one of the table, point for point: with a
//! generator of one's own choosing anybody can make a signature that holds.

use asn1_rs::{Oid, Tag, oid};
use num_bigint::BigUint;

use super::asn1::{Malformed, Walk};

/// A curve over a prime field, as hexadecimal numbers: y² = x³ + ax + b, the generator
/// (x, y) of prime order n, cofactor 1.
struct Domain {
    oid: Oid<'static>,
    p: &'static str,
    a: &'static str,
    b: &'static str,
    x: &'static str,
    y: &'static str,
    n: &'static str,
}

/// A curve of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Curve {
    p: BigUint,
    a: BigUint,
    b: BigUint,
    g: (BigUint, BigUint),
    n: BigUint,
}

impl Curve {
    fn of(domain: &Domain) -> Option<Self> {
        let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16);
        Some(Self {
            p: number(domain.p)?,
            a: number(domain.a)?,
            b: number(domain.b)?,
            g: (number(domain.x)?, number(domain.y)?),
            n: number(domain.n)?,
        })
    }

    /// From the parameters of a key: an object identifier, or the curve written out.
    /// `None` if the curve is none of the table.
    pub(super) fn read(parameters: &mut Walk<'_>) -> Result<Option<Self>, Malformed> {
        let value = parameters.next()?;
        if value.is(Tag::Oid) {
            let name = Oid::new(value.content.into());
            return Ok(DOMAINS.iter().find(|d| d.oid == name).and_then(Self::of));
        }
        if !value.is(Tag::Sequence) {
            return Err(Malformed);
        }
        let mut written = value.inside();
        written.small()?;
        let mut field = written.sequence()?;
        if field.oid()? != PRIME_FIELD {
            return Ok(None);
        }
        let p = BigUint::from_bytes_be(field.unsigned()?);
        let mut equation = written.sequence()?;
        let a = BigUint::from_bytes_be(equation.octets()?);
        let b = BigUint::from_bytes_be(equation.octets()?);
        let base = written.octets()?;
        let n = BigUint::from_bytes_be(written.unsigned()?);
        let known = DOMAINS.iter().filter_map(Self::of);
        let same = |curve: &Self| {
            (&curve.p, &curve.a, &curve.b, &curve.n) == (&p, &a, &b, &n) && curve.is_base(base)
        };
        Ok(known.into_iter().find(same))
    }

    fn is_base(&self, point: &[u8]) -> bool {
        let Some((form, rest)) = point.split_first() else {
            return false;
        };
        let bytes = self.bytes();
        match form {
            4 if rest.len() == 2 * bytes => {
                let (x, y) = rest.split_at(bytes);
                BigUint::from_bytes_be(x) == self.g.0 && BigUint::from_bytes_be(y) == self.g.1
            }
            2 | 3 if rest.len() == bytes => {
                BigUint::from_bytes_be(rest) == self.g.0 && (*form == 3) == self.g.1.bit(0)
            }
            _ => false,
        }
    }

    /// Bytes of a coordinate.
    fn bytes(&self) -> usize {
        self.p.bits().div_ceil(8) as usize
    }

    /// The point of an uncompressed encoding, if it lies on the curve.
    pub(super) fn point(&self, encoded: &[u8]) -> Option<(BigUint, BigUint)> {
        let bytes = self.bytes();
        let (form, rest) = encoded.split_first()?;
        if *form != 4 || rest.len() != 2 * bytes {
            return None;
        }
        let (x, y) = rest.split_at(bytes);
        let (x, y) = (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y));
        let on = x < self.p
            && y < self.p
            && &y * &y % &self.p == (&x * &x * &x + &self.a * &x + &self.b) % &self.p;
        on.then_some((x, y))
    }

    /// Whether `(r, s)` signs the digest under the key.
    pub(super) fn verify(
        &self,
        key: &(BigUint, BigUint),
        digest: &[u8],
        r: &BigUint,
        s: &BigUint,
    ) -> bool {
        let zero = BigUint::default();
        if *r == zero || *s == zero || *r >= self.n || *s >= self.n {
            return false;
        }
        let Some(inverse) = s.modinv(&self.n) else {
            return false;
        };
        // The leftmost bits of the digest, as many as the order has.
        let excess = (8 * digest.len() as u64).saturating_sub(self.n.bits());
        let z = BigUint::from_bytes_be(digest) >> excess;
        let (u, v) = (z * &inverse % &self.n, r * &inverse % &self.n);
        let g = Point::of(&self.g);
        let q = Point::of(key);
        let both = self.sum(&g, &q);
        let mut sum = Point::infinity();
        for bit in (0..self.n.bits()).rev() {
            sum = self.double(&sum);
            let next = match (u.bit(bit), v.bit(bit)) {
                (true, true) => &both,
                (true, false) => &g,
                (false, true) => &q,
                (false, false) => continue,
            };
            sum = self.sum(&sum, next);
        }
        self.x_of(&sum).is_some_and(|x| x % &self.n == *r)
    }

    fn x_of(&self, point: &Point) -> Option<BigUint> {
        let inverse = point.z.modinv(&self.p)?;
        Some(&point.x * &inverse % &self.p * inverse % &self.p)
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b) % &self.p
    }

    fn double(&self, point: &Point) -> Point {
        let p = &self.p;
        let yy = &point.y * &point.y % p;
        let s = &point.x * &yy * 4_u32 % p;
        let zz = &point.z * &point.z % p;
        let m = (&point.x * &point.x * 3_u32 + &self.a * (&zz * &zz % p)) % p;
        let x = self.minus(&(&m * &m % p), &(&s * 2_u32 % p));
        let y = self.minus(&(m * self.minus(&s, &x) % p), &(&yy * &yy * 8_u32 % p));
        let z = &point.y * &point.z * 2_u32 % p;
        Point { x, y, z }
    }

    fn sum(&self, one: &Point, two: &Point) -> Point {
        let zero = BigUint::default();
        if one.z == zero {
            return two.clone();
        }
        if two.z == zero {
            return one.clone();
        }
        let p = &self.p;
        let (zz1, zz2) = (&one.z * &one.z % p, &two.z * &two.z % p);
        let (u1, u2) = (&one.x * &zz2 % p, &two.x * &zz1 % p);
        let (s1, s2) = (&one.y * &zz2 % p * &two.z % p, &two.y * &zz1 % p * &one.z % p);
        let (h, r) = (self.minus(&u2, &u1), self.minus(&s2, &s1));
        if h == zero {
            return if r == zero { self.double(one) } else { Point::infinity() };
        }
        let hh = &h * &h % p;
        let hhh = &hh * &h % p;
        let v = u1 * hh % p;
        let x = self.minus(&self.minus(&(&r * &r % p), &hhh), &(&v * 2_u32 % p));
        let y = self.minus(&(r * self.minus(&v, &x) % p), &(s1 * hhh % p));
        let z = h * &one.z % p * &two.z % p;
        Point { x, y, z }
    }
}

/// A point in Jacobian coordinates: (x/z², y/z³), infinity where z is 0.
#[derive(Clone)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Point {
    fn of((x, y): &(BigUint, BigUint)) -> Self {
        Self { x: x.clone(), y: y.clone(), z: BigUint::from(1_u32) }
    }

    fn infinity() -> Self {
        Self { x: BigUint::from(1_u32), y: BigUint::from(1_u32), z: BigUint::default() }
    }
}

const PRIME_FIELD: Oid<'static> = oid!(1.2.840.10045.1.1);

/// The curves of FIPS 186-4 and of RFC 5639 (verifiably random ones, `r1`).
const DOMAINS: &[Domain] = &[
    Domain {
        oid: oid!(1.2.840.10045.3.1.1),
        p: "fffffffffffffffffffffffffffffffeffffffffffffffff",
        a: "fffffffffffffffffffffffffffffffefffffffffffffffc",
        b: "64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
        x: "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
        y: "7192b95ffc8da78631011ed6b24cdd573f977a11e794811",
        n: "ffffffffffffffffffffffff99def836146bc9b1b4d22831",
    },
    Domain {
        oid: oid!(1.3.132.0.33),
        p: "ffffffffffffffffffffffffffffffff000000000000000000000001",
        a: "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
        b: "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
        x: "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
        y: "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
        n: "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
    },
    Domain {
        oid: oid!(1.2.840.10045.3.1.7),
        p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    },
    Domain {
        oid: oid!(1.3.132.0.34),
        p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
        b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
        y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    },
    Domain {
        oid: oid!(1.3.132.0.35),
        p: "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        a: "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
        b: "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
        x: "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
        y: "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
        n: "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    },
    Domain {
        oid: oid!(1.3.36.3.3.2.8.1.1.3),
        p: "c302f41d932a36cda7a3463093d18db78fce476de1a86297",
        a: "6a91174076b1e0e19c39c031fe8685c1cae040e5c69a28ef",
        b: "469a28ef7c28cca3dc721d044f4496bcca7ef4146fbf25c9",
        x: "c0a0647eaab6a48753b033c56cb0f0900a2f5c4853375fd6",
        y: "14b690866abd5bb88b5f4828c1490002e6773fa2fa299b8f",
        n: "c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1",
    },
    Domain {
        oid: oid!(1.3.36.3.3.2.8.1.1.5),
        p: "d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
        a: "68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43",
        b: "2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b",
        x: "d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d",
        y: "58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd",
        n: "d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
    },
    Domain {
        oid: oid!(1.3.36.3.3.2.8.1.1.7),
        p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
        a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
        b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
        x: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
        y: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
    },
    Domain {
        oid: oid!(1.3.36.3.3.2.8.1.1.9),
        p: "d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
        a: "3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4",
        b: "520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6",
        x: "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611",
        y: "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1",
        n: "d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311",
    },
    Domain {
        oid: oid!(1.3.36.3.3.2.8.1.1.11),
        p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
        a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
        b: "4a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
        x: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
        y: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
        n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
    },
    Domain {
        oid: oid!(1.3.36.3.3.2.8.1.1.13),
        p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
        a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
        b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
        x: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
        y: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
        n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
    },
];
