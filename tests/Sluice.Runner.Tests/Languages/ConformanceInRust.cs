namespace Sluice.Runner.Tests.Languages;

/// <summary>The conformance suite's nodes in Rust.</summary>
internal static class ConformanceInRust
{
    private const string Nodes = """
        use crate::{axiom_context::AxiomContext, messages::Text};
        use std::{collections::HashMap, error::Error, fs, io::{Read, Write}, net::{Shutdown, TcpListener, TcpStream}, process};

        type Answer = Result<Text, Box<dyn Error>>;

        fn text(text: impl ToString) -> Answer { Ok(Text { text: text.to_string(), ..Default::default() }) }
        fn title(truth: bool) -> &'static str { if truth { "True" } else { "False" } }
        pub fn echo(_ax: &dyn AxiomContext, input: Text) -> Answer { text(input.text) }
        pub fn same(_ax: &dyn AxiomContext, input: Text) -> Answer { Ok(input) }
        pub fn read(ax: &dyn AxiomContext, input: Text) -> Answer {
            let (value, found) = ax.secrets().get(&input.text);
            text(format!("{}/{}", value, title(found)))
        }
        pub fn fail(_ax: &dyn AxiomContext, input: Text) -> Answer { panic!("no {}", input.text) }
        pub fn hang(ax: &dyn AxiomContext, _input: Text) -> Answer { ax.progress(0.0, "begun"); loop { std::hint::spin_loop() } }
        pub fn leave(_ax: &dyn AxiomContext, _input: Text) -> Answer { process::exit(3) }
        pub fn eat(_ax: &dyn AxiomContext, input: Text) -> Answer {
            let size = if input.text == "small" { 1 << 10 } else { 1 << 24 };
            let mut kept = Vec::new();
            loop { kept.push(vec![1u8; size]); }
        }
        pub fn talk(ax: &dyn AxiomContext, input: Text) -> Answer {
            ax.log().warn(&input.text, &HashMap::from([("length", 81.to_string())]));
            println!("printed");
            text("")
        }
        pub fn tell(ax: &dyn AxiomContext, _input: Text) -> Answer {
            let none = ax.params().get("NONE").1;
            text([ax.execution_id(), ax.flow_id(), ax.tenant_id(), &ax.params().get("TONE").0, title(none)].join("/"))
        }
        pub fn fork(_ax: &dyn AxiomContext, _input: Text) -> Answer { text(process::Command::new("/bin/true").status()?) }
        pub fn dial(_ax: &dyn AxiomContext, _input: Text) -> Answer { text(TcpListener::bind("127.0.0.1:0")?.local_addr()?) }
        pub fn ask(_ax: &dyn AxiomContext, input: Text) -> Answer {
            let mut way = TcpStream::connect("127.0.0.1:3128")?;
            way.write_all(format!("CONNECT {} HTTP/1.1\r\n\r\n", input.text).as_bytes())?;
            way.shutdown(Shutdown::Write)?;
            let mut said = String::new();
            way.read_to_string(&mut said)?;
            text(said)
        }
        pub fn peek(_ax: &dyn AxiomContext, _input: Text) -> Answer { text(fs::read_to_string("/etc/passwd")?) }

        #[cfg(test)]
        #[path = "echo_test.rs"]
        mod tests;
        """;

    private const string Test = """
        struct Context;
        impl crate::axiom_context::AxiomContext for Context {}

        #[test]
        fn echoes() {
            let input = crate::messages::Text { text: "a".to_string(), ..Default::default() };
            assert_eq!(super::echo(&Context, input.clone()).unwrap(), input);
        }
        """;

    public static Dictionary<string, string> Files(IEnumerable<string> nodes)
    {
        Dictionary<string, string> files = new()
        {
            ["Cargo.toml"] =
                "[package]\nname = \"service\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
            ["src/lib.rs"] =
                "#[path = \"../gen/mod.rs\"]\nmod generated;\npub use generated::*;\n#[path = \"../nodes/all.rs\"]\nmod all;\n#[path = \"../nodes/streams.rs\"]\nmod streams;\n",
            ["nodes/all.rs"] = Nodes,
            ["nodes/echo_test.rs"] = Test,
        };
        foreach (var node in nodes.Select(node => node.ToLowerInvariant()))
            files[$"nodes/{node}.rs"] = $"pub use crate::all::{node};\n";
        return files;
    }
}
