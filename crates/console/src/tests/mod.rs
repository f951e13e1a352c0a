//! The pages below the sockets, over stores in a temporary folder.

mod again;
mod desk;
mod house;
mod mails;
mod notices;
mod pages;
mod people;
mod requests;
