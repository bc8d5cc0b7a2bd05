using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class RustEmitterTests
{
    [Fact]
    public void New_nodes_compile_without_a_warning_and_their_tests_pass_as_they_come()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init("demo/words", "rust").Value!
        );
        source = source.With([
            new(
                "messages/messages.proto",
                "syntax = \"proto3\"; package demo.words; message Word { string text = 1; message Part { string text = 1; } }"
            ),
        ]);
        foreach (
            var (name, type) in new[] { ("Say", NodeType.Unary), ("StreamAll", NodeType.Pipeline) }
        )
        {
            var node = new NodeTemplate
            {
                Name = name,
                Input = "Word",
                Output = "Word.Part",
                Type = type,
            };
            source = source.With(PackageTemplates.CreateNode(source, node).Value!);
        }

        var report = PackageValidator.Validate(source);
        Assert.Empty(report.Mistakes);
        using var package = new RustPackage(report.Schema!, [.. report.Manifest!.Nodes]);
        foreach (var path in source.Paths.Where(p => !p.StartsWith("messages/")))
            package.Write(path, source.Text(path)!);
        var output = package.RunTests();
        Assert.Contains("test generated::nodes::say::tests::gives_part ... ok", output);
        Assert.Contains("test generated::nodes::stream_all::tests::gives_part ... ok", output);
        Assert.Contains("2 passed", output);
    }

    [Fact]
    public void Every_kind_of_field_has_the_shape_that_prost_would_give_it()
    {
        var schema = Compile.Good(
            """
            import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto";
            enum Mood { option allow_alias = true; MOOD_UNKNOWN = 0; MOOD_VERY_GLAD = 1; MOOD_2 = 2; MERRY = 1; }
            message Line { string text = 1; }
            message All {
              optional int32 maybe = 1; repeated Line lines = 2; map<string, int32> by_name = 3; Mood mood = 4; bytes data = 5;
              oneof choice { string left = 6; Line right = 7; All again = 29; Mood felt = 30; } google.protobuf.Timestamp at = 8; google.protobuf.Duration took = 9;
              google.protobuf.Value any = 10; repeated sint64 numbers = 11; message Inner { enum Kind { NONE = 0; } Kind kind = 1; }
              Inner inner = 12; string self = 13; string set_mood = 14; bool type = 15; double ratio = 16; int64 big = 17;
              string camelCase = 18; message name { string v = 1; } name class = 19; Option option = 20; Vec vec = 21; All more = 22;
              string unknown_fields = 23; map<bool, All> tree = 24; HTTPFetch fetch = 25; optional Mood felt_before = 26; I32 x2Y = 27;
            }
            message Option { string function = 1; } message Vec { uint64 value = 1; } message String { int32 x = 1; } message value { value value = 1; repeated value more = 2; }
            message HTTPFetch { string _ = 1; } message I32 { message U8 { oneof Self { i32 i32 = 1; } } U8 str = 1; message i32 { int32 std = 1; } } message _1 { message _2 {} } enum Default { Self = 0; }
            """
        );
        using var package = new RustPackage(schema);
        package.Write(
            "check.rs",
            """
            use service::codec::{InvalidMessage, Message};
            use service::messages::{all, i32_, value_, All, Default as Defaults, Duration, HttpFetch, Line, Mood, Option as Place, Timestamp, Value, Value_};
            use std::collections::HashMap;
            use std::time::{SystemTime, UNIX_EPOCH};

            fn main() {
                let mut all = All {
                    maybe: Some(0), lines: vec![Line { text: "a".into(), ..Default::default() }], by_name: HashMap::from([("k".to_string(), 1)]),
                    data: vec![1, 2], choice: Some(all::Choice::Right(Line::default())), numbers: vec![-1, i64::MIN],
                    inner: Some(all::Inner { kind: all::inner::Kind::None as i32, ..Default::default() }), self_: "w".into(), set_mood: "cc".into(),
                    r#type: true, ratio: -0.0, big: 1 << 62, camel_case: "c".into(), class: Some(all::Name { v: "n".into(), ..Default::default() }),
                    option: Some(Place { function: "f".into(), ..Default::default() }), more: Some(Box::new(All::default())),
                    unknown_fields: "u".into(), tree: HashMap::from([(true, All { big: 7, ..Default::default() })]),
                    fetch: Some(HttpFetch { __: "_".into(), ..Default::default() }),
                    ..Default::default()
                };
                all.set_mood(Mood::VeryGlad);
                all.set_felt_before(Mood::Mood2);
                assert_eq!((all.mood(), all.felt_before, Mood::Merry, Mood::from_i32(9)), (Mood::VeryGlad, Some(2), Mood::VeryGlad, None));
                assert_eq!((Mood::VeryGlad.as_str_name(), Mood::from_str_name("MERRY"), i32::from(Mood::Mood2)), ("MOOD_VERY_GLAD", Some(Mood::VeryGlad), 2));
                assert_eq!(Defaults::default() as i32, 0);
                assert_eq!(i32_::U8::default().self_, None::<i32_::u8_::Self_>);
                let half = UNIX_EPOCH - std::time::Duration::from_millis(1500);
                all.at = Some(half.into());
                assert_eq!((all.at.as_ref().unwrap().seconds, all.at.as_ref().unwrap().nanos), (-2, 500_000_000));
                assert_eq!(SystemTime::try_from(all.at.clone().unwrap()), Ok(half));
                assert!(SystemTime::try_from(Timestamp { nanos: -1, ..Default::default() }).is_err());
                all.took = Some(std::time::Duration::from_millis(1500).try_into().unwrap());
                assert_eq!(std::time::Duration::try_from(all.took.clone().unwrap()).unwrap().as_millis(), 1500);
                assert!(std::time::Duration::try_from(Duration { seconds: -1, ..Default::default() }).is_err());
                all.any = Some(Value_::default());

                let bytes = all.encode_to_vec();
                let back = All::decode(&bytes).unwrap();
                assert_eq!(back, all);
                assert_eq!(back.clone().encode_to_vec(), bytes);
                // Two parts of one message merge.
                let twice = All::decode(&[&bytes[..], &[0x3a, 3, 10, 1, b'x', 0x3a, 0]].concat()).unwrap();
                assert_eq!(twice.choice, Some(all::Choice::Right(Line { text: "x".into(), ..Default::default() })));

                let kept = Line::decode(&[10, 1, 120, 0x50, 7]).unwrap();
                assert_eq!((kept.unknown_fields.as_bytes(), kept.encode_to_vec()), (&[0x50, 7][..], vec![10, 1, 120, 0x50, 7]));
                assert_eq!(Line::decode(&[10, 1, 0xff]), Err(InvalidMessage::Text));
                for bad in [&[10, 5, 1][..], &[10], &[0], &[0x0f], &[0x54], &[0x53, 0x5c], &[8; 11], &[0xff; 11]] {
                    assert_eq!(Line::decode(bad), Err(InvalidMessage::Malformed), "{:?}", bad);
                }
                assert_eq!(Line::decode(&[0x53, 8, 1, 0x54]).unwrap().encode_to_vec(), [0x53, 8, 1, 0x54]);
                let mut deep = Value::default();
                for _ in 0..400 {
                    deep = Value { value: Some(Box::new(deep)), ..Default::default() };
                }
                assert_eq!(Value::decode(&deep.encode_to_vec()), Err(InvalidMessage::Depth));
                println!("{:?} {}", value_::Kind::BoolValue(true), InvalidMessage::Depth);
            }
            """
        );
        package.Compile("check.rs");
        Assert.Equal("BoolValue(true) The message is nested too deep.\n", package.Run());
    }

    [Fact]
    public void Any_json_value_is_made_of_plain_ones()
    {
        using var package = new RustPackage(
            Compile.Good(
                "import \"google/protobuf/struct.proto\"; message M { google.protobuf.Value v = 1; }"
            )
        );
        package.Write(
            "check.rs",
            """
            use service::codec::Message;
            use service::messages::{value, Struct, Value};

            fn main() {
                let fields: Struct = [("a", Value::from(2.0)), ("b", vec![Value::null(), true.into(), "x".into()].into())].into_iter().collect();
                let back = Value::decode(&Value::from(fields.clone()).encode_to_vec()).unwrap();
                assert_eq!(back.kind, Some(value::Kind::StructValue(fields)));
            }
            """
        );
        package.Compile("check.rs");
        Assert.Equal("", package.Run());
    }
}
