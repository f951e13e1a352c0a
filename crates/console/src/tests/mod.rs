//! The pages below the sockets, over stores in a temporary folder.

mod desk;
mod house;
mod notices;
mod pages;
mod requests;
