using Sluice.Language.Emitters;
using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class JavaEmitterTests
{
    [Fact]
    public void Every_kind_of_field_has_the_members_that_protobuf_would_give_it()
    {
        var schema = Compile.Good(
            """
            import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto";
            import "google/protobuf/wrappers.proto"; import "google/protobuf/empty.proto";
            // How one feels, with a \user and a */ in it.
            enum Mood { option allow_alias = true; MOOD_UNKNOWN = 0; MOOD_VERY_GLAD = 1; MOOD_MERRY = 1; class = 2; }
            message Line { string text = 1; }
            message java { message Builder { string gen = 1; } Builder builder = 1; repeated java java = 2; }
            message Messages { string words = 1; bytes words_bytes = 2; repeated int32 n = 3; int32 n_count = 4; int32 serialized_size = 5; }
            message All {
              optional int32 maybe = 1; repeated Line lines = 2; map<string, Mood> by_name = 3; Mood mood = 4; bytes data = 5;
              oneof choice { string left = 6; Line right = 7; } google.protobuf.Timestamp at = 8; google.protobuf.Duration took = 9;
              google.protobuf.Value any = 10; repeated sint64 numbers = 11; message Inner { enum Kind { NONE = 0; } Kind kind = 1; }
              Inner inner = 12; string string = 13; string class = 14; google.protobuf.StringValue word = 15; google.protobuf.Empty nothing = 16;
              uint64 big = 17; repeated Mood moods = 18;
            }
            """
        );
        using var package = new JavaPackage(schema);
        package.Write(
            "Check.java",
            """
            import gen.Messages.All;
            import gen.Messages.Line;
            import gen.Messages.Mood;
            import gen.protobuf.ByteString;
            import gen.protobuf.InvalidProtocolBufferException;
            import gen.protobuf.util.Durations;
            import gen.protobuf.util.Structs;
            import gen.protobuf.util.Timestamps;
            import gen.protobuf.util.Values;
            import java.time.Duration;
            import java.time.Instant;
            import java.util.List;

            public class Check {
                public static void main(String[] arguments) throws Exception {
                    Instant when = Instant.parse("2026-01-31T00:00:00.000000005Z");
                    All.Builder builder = All.newBuilder().setMaybe(0).addLines(Line.newBuilder().setText("a")).putByName("k", Mood.MOOD_VERY_GLAD)
                        .setData(ByteString.copyFromUtf8("ab")).setLeft("gone").setRight(Line.getDefaultInstance()).setAt(Timestamps.fromInstant(when))
                        .setTook(Durations.fromDuration(Duration.ofMillis(-1500))).setAny(Values.of(Structs.of("x", Values.of(List.of(Values.ofNull(), Values.of(1))))))
                        .addNumbers(-1).addNumbers(Long.MIN_VALUE).setString("s").setClass_("t").setBig(-1).setMoodValue(77).addMoods(Mood.MOOD_MERRY);
                    All all = builder.build();
                    check(all.hasMaybe() && all.getChoiceCase() == All.ChoiceCase.RIGHT && !all.hasLeft() && all.getLeft().isEmpty(), "presence");
                    check(all.getMood() == Mood.UNRECOGNIZED && all.getMoodValue() == 77 && all.getMoods(0) == Mood.MOOD_VERY_GLAD, "enums");
                    All back = All.parseFrom(all.toByteString());
                    check(back.equals(all) && back.hashCode() == all.hashCode() && !back.equals(All.getDefaultInstance()), "equality");
                    check(Timestamps.toInstant(back.getAt()).equals(when), "time");
                    check(back.getTook().getSeconds() == -1 && back.getTook().getNanos() == -500_000_000, "negative span");
                    check(Durations.toDuration(back.getTook()).equals(Duration.ofMillis(-1500)), "span");
                    check(all.toString().contains("big: 18446744073709551615\n") && all.toString().startsWith("maybe: 0\nlines {\n  text: \"a\"\n}\n"), all.toString());

                    // What has been built never changes, whatever is done to its builder and to builders inside of it.
                    Line.Builder line = builder.getLinesBuilder(0);
                    line.setText("b");
                    check(all.getLines(0).getText().equals("a") && builder.getLines(0).getText().equals("b"), "inner builder");
                    All second = builder.build();
                    line.setText("c");
                    builder.addLinesBuilder().setText("d");
                    builder.getInnerBuilder().setKindValue(5);
                    builder.getRightBuilder().setText("right");
                    All third = builder.build();
                    check(second.getLines(0).getText().equals("b") && second.getLinesCount() == 1 && !second.hasInner(), "second");
                    check(third.getLines(0).getText().equals("c") && third.getLines(1).getText().equals("d"), "third");
                    check(third.getInner().getKindValue() == 5 && third.getRight().getText().equals("right"), "singular");
                    builder.setRight(Line.newBuilder().setText("other"));
                    check(builder.getRight().getText().equals("other") && builder.mergeRight(Line.getDefaultInstance()).getRight().getText().equals("other"), "merge");
                    check(builder.clearChoice().getChoiceCase() == All.ChoiceCase.CHOICE_NOT_SET && builder.clear().build().equals(All.getDefaultInstance()), "clear");

                    check(HEX(Line.parseFrom(new byte[] {10, 1, 'x', 0x50, 7}).toBuilder().setText("y").build().toByteArray()).equals("0a01795007"), "unknown fields");
                    fails(InvalidProtocolBufferException.class, () -> Line.parseFrom(new byte[] {10, 1, (byte) 0xFF}));
                    fails(InvalidProtocolBufferException.class, () -> Line.parseFrom(new byte[] {10, 5, 1}));
                    fails(NullPointerException.class, () -> All.newBuilder().setString(null));
                    fails(NullPointerException.class, () -> All.newBuilder().setLeft(null));
                    fails(IllegalArgumentException.class, () -> All.newBuilder().setMood(Mood.UNRECOGNIZED));
                    fails(IllegalArgumentException.class, () -> all.getByNameOrThrow("none"));
                    fails(UnsupportedOperationException.class, () -> all.getLinesList().clear());
                    gen.Messages.java_ odd = gen.Messages.java_.newBuilder().setBuilder(gen.Messages.java_.Builder_.newBuilder().setGen("g")).build();
                    check(odd.getBuilder().getGen().equals("g"), "odd names");
                    gen.Messages.Messages_ clash = gen.Messages.Messages_.newBuilder().setWords("w").setWordsBytes2(ByteString.EMPTY).addN3(1).setNCount4(2).setSerializedSize_(3).build();
                    check(clash.getN3Count() == 1 && clash.getNCount4() == 2 && clash.getSerializedSize_() == 3, "clashes");
                }

                private static String HEX(byte[] bytes) {
                    return java.util.HexFormat.of().formatHex(bytes);
                }

                private static void fails(Class<?> with, axiom.testing.Assertions.Executable code) {
                    try {
                        code.execute();
                    } catch (Throwable thrown) {
                        check(with.isInstance(thrown), thrown.toString());
                        return;
                    }
                    check(false, with.toString());
                }

                private static void check(boolean good, String what) {
                    if (!good) throw new AssertionError(what);
                }
            }
            """
        );
        package.Compile();
        Assert.Equal("", package.Run("Check"));
    }

    [Fact]
    public void New_nodes_compile_and_their_tests_pass_as_they_come_and_tell_what_failed()
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init("demo/words", "java").Value!
        );
        source = source.With([
            new(
                "messages/messages.proto",
                "syntax = \"proto3\"; package demo.words; message Word { string text = 1; message Part { string text = 1; } } message Echo { string text = 1; }"
            ),
        ]);
        foreach (
            var (name, message, type) in new[]
            {
                ("Say", "Word", NodeType.Unary),
                ("Stream", "Word", NodeType.Pipeline),
                // A message of the node's own name cannot be imported beside it.
                ("Echo", "Echo", NodeType.Unary),
            }
        )
        {
            var node = new NodeTemplate
            {
                Name = name,
                Input = message,
                Output = message == "Word" ? "Word.Part" : message,
                Type = type,
                Description = "a < b @c */",
            };
            var files = PackageTemplates.CreateNode(source, node);
            Assert.Empty(files.Mistakes);
            source = source.With(files.Value!);
        }

        var report = PackageValidator.Validate(source, push: true);
        Assert.Empty(report.Mistakes);
        using var package = new JavaPackage(report.Schema!, [.. report.Manifest!.Nodes]);
        foreach (var path in source.Paths)
            package.Write(path, source.Text(path)!);
        package.Write(".sluice/RunTests.java", RuntimeFiles.Read("java/RunTests.java"));
        package.Write(
            "nodes/OddTest.java",
            """
            package nodes;

            import static axiom.testing.Assertions.*;

            import axiom.testing.Test;

            class OddTest {
                @Test
                void isEqual() {
                    assertEquals("a", "b");
                }

                static class Inner {
                    @Test
                    static void throwsWhatItSays() {
                        assertThrows(IllegalStateException.class, () -> { throw new IllegalStateException(); });
                    }
                }
            }
            """
        );

        var output = System.Text.Encoding.UTF8.GetString(
            package.Start("java", [".sluice/RunTests.java"], [], exitCode: 1)
        );

        Assert.Equal(
            """
            EchoTest.givesEcho ... ok
            Inner.throwsWhatItSays ... ok
            OddTest.isEqual ... FAIL
                expected "a", found "b"
                    at nodes.OddTest.isEqual(OddTest.java:10)
            SayTest.givesWordPart ... ok
            StreamTest.givesWordPart ... ok
            5 tests, 1 failed

            """,
            output
        );
    }
}
