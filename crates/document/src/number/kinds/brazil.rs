//! Brazil.

use crate::number::digits::{digits, weighted};
use crate::number::form::fits;
use crate::number::{Decoded, NumberKind, Proof, Why};

/// The taxpayer's number, which is also the number of the national identity card and
/// stands on the driving licence.
pub(super) const CPF: NumberKind = NumberKind {
    id: "bra_cpf",
    state: "BRA",
    title: "CPF",
    proof: Proof::CheckDigit,
    source: "Receita Federal, Cadastro de Pessoas Físicas",
    judge: |number, _| cpf(number),
};

fn cpf(number: &str) -> Result<Decoded, Why> {
    if !fits(number, "#{11}") {
        return Err(Why::Form);
    }
    let values = digits(number).ok_or(Why::Form)?;
    // Eleven equal digits hold their check digits and are never given out.
    if values.windows(2).all(|pair| pair[0] == pair[1]) {
        return Err(Why::Code);
    }
    let first = check(&values[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let second = check(&values[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    if values[9..] != [first, second] {
        return Err(Why::CheckDigit);
    }
    let region = values[8] as usize;
    Ok(Decoded::new(number, Proof::CheckDigit).place(&number[8..9], Some(REGIONS[region])))
}

fn check(values: &[u32], weights: &[u32]) -> u32 {
    match weighted(values, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// The tax region where the number was given out, by the ninth digit.
const REGIONS: [&str; 10] = [
    "Rio Grande do Sul",
    "Distrito Federal, Goiás, Mato Grosso, Mato Grosso do Sul, Tocantins",
    "Acre, Amapá, Amazonas, Pará, Rondônia, Roraima",
    "Ceará, Maranhão, Piauí",
    "Alagoas, Paraíba, Pernambuco, Rio Grande do Norte",
    "Bahia, Sergipe",
    "Minas Gerais",
    "Espírito Santo, Rio de Janeiro",
    "São Paulo",
    "Paraná, Santa Catarina",
];
