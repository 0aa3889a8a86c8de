//! `RANK_ISA`, which is read once in a process: each case runs this program again.

#![expect(clippy::print_stdout, reason = "how the program that is run again answers")]

use std::process::{Command, Output};

use rank_kernels::{available, kernels, try_kernels};

fn run(isa: &str, test: &str) -> Output {
    let program = std::env::current_exe().unwrap();
    Command::new(program).args(["--ignored", "--exact", "--nocapture", test]).env("RANK_ISA", isa).output().unwrap()
}

#[test]
#[ignore = "run by the tests below"]
fn prints_the_choice() {
    match try_kernels() {
        Ok(chosen) => println!("chosen: {}", chosen.isa()),
        Err(error) => println!("refused: {error}"),
    }
}

#[test]
#[ignore = "run by the tests below"]
fn takes_the_choice() {
    println!("{}", kernels().dot(&[2.0], &[3.0]));
}

#[test]
fn every_available_level_can_be_forced() {
    for level in available() {
        let output = run(level.isa().name(), "prints_the_choice");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(&format!("chosen: {}", level.isa())), "{text}");
    }
}

#[test]
fn the_best_is_the_default() {
    let output = run("", "prints_the_choice");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains(&format!("chosen: {}", available().last().unwrap().isa())), "{text}");
}

#[test]
fn a_level_that_cannot_be_had_is_loud() {
    let output = run("amx512", "prints_the_choice");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("refused: RANK_ISA: expected one of scalar"), "{text}");
    assert!(text.contains("on this machine, got \"amx512\"; unset it"), "{text}");
    let output = run("amx512", "takes_the_choice");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("RANK_ISA: expected one of scalar"));
}
