//! The derives of `bonafide_policy`: `Held` for a type that rests by itself,
//! `HeldPart` for one that rests within another. See that crate for what they
//! mean; nothing else should name this one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, Token, Type, parenthesized};

/// Names the category of a type, and lists its fields:
/// `#[held(category = FaceMedia, purposes(Service, Troubleshooting))]`.
#[proc_macro_derive(Held, attributes(held))]
pub fn held(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input, |input| {
        let Settings { category, purposes, .. } = settings(&input.attrs)?;
        let Some(category) = category else {
            let message = "say what kind of data this is: `#[held(category = …)]`";
            return Err(Error::new(input.ident.span(), message));
        };
        let name = &input.ident;
        let text = name.to_string();
        let (list, checks) = fields(input, Some(name))?;
        Ok(quote! {
            impl ::bonafide_policy::Held for #name {
                const CATEGORY: ::bonafide_policy::Category =
                    ::bonafide_policy::Category::#category;
                const PURPOSES: &'static [::bonafide_policy::Purpose] =
                    &[#(::bonafide_policy::Purpose::#purposes),*];
                const NAME: &'static str = #text;
                fn fields() -> ::std::vec::Vec<::bonafide_policy::HeldField> { #list }
            }
            impl ::bonafide_policy::HeldPart for #name {
                const OWN: ::core::option::Option<::bonafide_policy::Category> =
                    ::core::option::Option::Some(<#name as ::bonafide_policy::Held>::CATEGORY);
                fn parts() -> ::std::vec::Vec<::bonafide_policy::HeldField> {
                    <#name as ::bonafide_policy::Held>::fields()
                }
            }
            #checks
        })
    })
}

/// For a type that rests within others and shares their category.
#[proc_macro_derive(HeldPart, attributes(held))]
pub fn held_part(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input, |input| {
        if let Settings { category: Some(category), .. } = settings(&input.attrs)? {
            let message = "a part has the category of what holds it: derive `Held` instead";
            return Err(Error::new(category.span(), message));
        }
        let name = &input.ident;
        let (list, checks) = fields(input, None)?;
        Ok(quote! {
            impl ::bonafide_policy::HeldPart for #name {
                fn parts() -> ::std::vec::Vec<::bonafide_policy::HeldField> { #list }
            }
            #checks
        })
    })
}

fn derive(
    input: proc_macro::TokenStream,
    expand: impl Fn(&DeriveInput) -> Result<TokenStream, Error>,
) -> proc_macro::TokenStream {
    let expanded = syn::parse::<DeriveInput>(input).and_then(|input| {
        if input.generics.params.is_empty() {
            expand(&input)
        } else {
            let message = "what rests is one type with known fields: no parameters here";
            Err(Error::new(input.generics.span(), message))
        }
    });
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}

/// What stands in `#[held(…)]`.
#[derive(Default)]
struct Settings {
    category: Option<Ident>,
    purposes: Vec<Ident>,
    whole: bool,
}

impl Parse for Settings {
    fn parse(input: ParseStream<'_>) -> Result<Self, Error> {
        let mut settings = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "category" => {
                    input.parse::<Token![=]>()?;
                    settings.category = Some(input.parse()?);
                }
                "purposes" => {
                    let list;
                    parenthesized!(list in input);
                    let listed = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
                    settings.purposes.extend(listed);
                }
                "whole" => settings.whole = true,
                _ => {
                    let message = "expected `category = …`, `purposes(…)` or `whole`";
                    return Err(Error::new(key.span(), message));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(settings)
    }
}

fn settings(attributes: &[Attribute]) -> Result<Settings, Error> {
    match attributes.iter().find(|attribute| attribute.path().is_ident("held")) {
        Some(attribute) => attribute.parse_args(),
        None => Ok(Settings::default()),
    }
}

/// An expression that lists the fields, and checks that each fits its holder.
fn fields(
    input: &DeriveInput,
    holder: Option<&Ident>,
) -> Result<(TokenStream, TokenStream), Error> {
    let mut list = Vec::new();
    let mut checks = Vec::new();
    let mut add = |prefix: &str, fields: &Fields| -> Result<(), Error> {
        for (n, field) in fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or(n.to_string(), ToString::to_string);
            let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            let ty = &field.ty;
            let text = text_of(ty);
            if settings(&field.attrs)?.whole {
                list.push(
                    quote! { ::bonafide_policy::HeldField::add_whole(&mut fields, #path, #text); },
                );
                continue;
            }
            list.push(quote! {
                ::bonafide_policy::HeldField::add::<#ty>(&mut fields, #path, #text);
            });
            if let Some(holder) = holder {
                checks.push(quote! {
                    const _: () = assert!(
                        ::bonafide_policy::fits(
                            <#holder as ::bonafide_policy::Held>::CATEGORY,
                            <#ty as ::bonafide_policy::HeldPart>::OWN,
                        ),
                        "a field belongs to another category than what holds it: keep them apart",
                    );
                });
            }
        }
        Ok(())
    };
    match &input.data {
        Data::Struct(data) => add("", &data.fields)?,
        Data::Enum(data) => {
            for variant in &data.variants {
                add(&variant.ident.to_string(), &variant.fields)?;
            }
        }
        Data::Union(data) => {
            return Err(Error::new(data.union_token.span, "a union has no fields to list"));
        }
    }
    let list = match list.is_empty() {
        true => quote! { ::std::vec::Vec::new() },
        false => quote! {{
            let mut fields = ::std::vec::Vec::new();
            #(#list)*
            fields
        }},
    };
    Ok((list, quote! { #(#checks)* }))
}

/// A type as it is written, without the spaces between its tokens.
fn text_of(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "").replace(',', ", ")
}
