using Sluice.Language.Protos;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

public sealed class PythonEmitterTests
{
    [Fact]
    public void The_classes_of_the_greeter_read_and_write_as_node_code_expects()
    {
        var schema = Compile.Good(
            "message GreetRequest { string name = 1; } message GreetReply { string greeting = 1; }"
        );
        using var package = new PythonPackage(schema);
        package.Run(
            """
            from gen.messages_pb2 import GreetRequest, GreetReply
            from gen.axiom_context import AxiomContext
            from gen._nodes import NODES
            request = GreetRequest.FromString(b"\x0a\x03Ada")
            assert request.name == "Ada"
            reply = GreetReply(greeting=f"Hello {request.name}")
            assert reply.SerializeToString() == b"\x0a\x09Hello Ada"
            assert reply == GreetReply(greeting="Hello Ada") and reply != GreetReply()
            assert repr(reply) == "GreetReply(greeting='Hello Ada')", reply
            assert AxiomContext().secrets.get("X") == ("", False)
            assert NODES == {"GreetTwice": ("nodes.greet_twice", "greet_twice", "GreetRequest", "GreetRequest", "unary")}
            try: GreetReply(greeting=5).SerializeToString()
            except TypeError as e: assert str(e) == "GreetReply.greeting: expected str, got int", e
            else: assert False
            """
        );
    }

    private const string Rich = """
        import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
        enum Mood { UNKNOWN = 0; GLAD = 1; None = 2; }
        message Line { string text = 1; int32 count = 2; Line next = 3; }
        message All {
          string text = 1; int32 count = 2; bytes data = 3; bool ok = 4; double price = 5; Mood mood = 6; Line line = 7; optional int32 maybe = 8;
          repeated Line lines = 9; repeated uint32 numbers = 10; map<string, int32> by_name = 11; map<int32, Line> by_number = 12;
          oneof choice { string left = 13; Line right = 14; }
          google.protobuf.Timestamp at = 15; google.protobuf.Duration took = 16; google.protobuf.Struct object = 17; google.protobuf.StringValue word = 18;
          message Inner { enum Kind { NONE = 0; SOME = 1; } Kind kind = 1; } Inner inner = 19; string from = 20; string Clear = 21; google.protobuf.Value any = 22;
        }
        message str { string len = 1; int32 bytes = 2; repeated str list = 3; }
        """;

    [Theory]
    [InlineData(
        "an absent message reads as empty and is there once something is put into it",
        """
            assert not all.HasField("line") and all.line.next.text == "" and not all.HasField("line")
            assert all.SerializeToString() == b""
            all.line.next.text = "x"
            assert all.HasField("line") and all == All(line=Line(next=Line(text="x")))
            all.right.SetInParent()
            assert all.WhichOneof("choice") == "right"
            all.ClearField("line"); assert not all.HasField("line") and all.line.next.text == ""
            """
    )]
    [InlineData(
        "setting one member of a oneof clears the others",
        """
            all.left = "a"; assert all.WhichOneof("choice") == "left" and all.HasField("choice")
            all.right.text = "b"; assert all.WhichOneof("choice") == "right" and all.left == ""
            all.left = ""; assert all.WhichOneof("choice") == "left" and all.SerializeToString() == b"\x6a\x00"
            all.ClearField("choice"); assert all.WhichOneof("choice") is None
            """
    )]
    [InlineData(
        "optional fields know the difference between absent and zero",
        """
            assert all.maybe == 0 and not all.HasField("maybe")
            all.maybe = 0; assert all.HasField("maybe") and All.FromString(all.SerializeToString()).HasField("maybe")
            refused(ValueError, lambda: all.HasField("count"))
            refused(ValueError, lambda: all.HasField("nope"))
            """
    )]
    [InlineData(
        "lists and maps make their own messages",
        """
            all.lines.add(text="a", count=1); all.lines.extend([Line(text="b")]); all.by_number[5].text = "c"; all.by_name["x"] += 2; all.numbers.append(7)
            assert all == All.FromString(all.SerializeToString())
            assert [l.text for l in all.lines] == ["a", "b"] and all.by_number[5].text == "c" and all.by_name == {"x": 2}
            assert All(lines=[{"text": "a"}], by_number={1: {"text": "b"}}, line={"count": 2}).lines[0].text == "a"
            """
    )]
    [InlineData(
        "a wrong value is named with its field when the message is encoded",
        """
            def says(message, expected):
                try: message.SerializeToString()
                except (TypeError, ValueError) as e: assert str(e) == expected, e
                else: raise AssertionError("nothing was raised")
            says(All(text=5), "All.text: expected str, got int")
            says(All(text=b"x"), "All.text: expected str, got bytes")
            says(All(count="5"), "All.count: expected int, got str")
            says(All(count=2**31), "All.count: 2147483648 does not fit int32")
            says(All(count=1.5), "All.count: expected int, got float")
            says(All(numbers=[1, -1]), "All.numbers[1]: -1 does not fit uint32")
            says(All(data="x"), "All.data: expected bytes, got str")
            says(All(ok="yes"), "All.ok: expected bool, got str")
            says(All(price="1"), "All.price: expected float, got str")
            says(All(lines=[Line(), Line(next=Line(text=1))]), "All.lines[1].next.text: expected str, got int")
            says(All(by_name={"a": "b"}), "All.by_name['a']: expected int, got str")
            says(All(text="\ud800"), "All.text: the text holds half of a surrogate pair")
            all.lines.append("x"); says(all, "All.lines[0]: expected Line, got str")
            refused(TypeError, lambda: All(nope=1))
            refused(TypeError, lambda: All(line="x"))
            def typo(): all.txet = "x"
            refused(AttributeError, typo)
            """
    )]
    [InlineData(
        "bytes that are no message are refused",
        """
            for data in (b"\x0a", b"\x0a\x05a", b"\x0a\x01\xff", b"\x07", b"\x10", b"\x10" + b"\xff" * 11, b"\x3a\x02\x0a\x05", b"\x29\x00", b"\x0b\x0a", b"\x3a\x80"):
                refused(ValueError, lambda: All.FromString(data))
            deep = b""
            for _ in range(3000): deep = b"\x1a" + varint(len(deep)) + deep
            refused(ValueError, lambda: Line.FromString(deep))
            """
    )]
    [InlineData(
        "fields that the class does not know survive",
        """
            unknown = b"\xf8\x06\x05" + b"\xfa\x06\x01x" + b"\xfb\x06\x08\x01\xfc\x06"
            line = Line.FromString(b"\x10\x07" + unknown)
            assert line.count == 7 and line.SerializeToString() == b"\x10\x07" + unknown
            """
    )]
    [InlineData(
        "messages copy, merge, compare, pickle and print",
        """
            import copy, pickle
            a = All(text="t", lines=[Line(count=1)], at={"seconds": 5})
            for b in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a))):
                assert b == a and b is not a and b.lines[0] is not a.lines[0]
            b = All(lines=[Line(count=2)]); b.MergeFrom(a); assert [l.count for l in b.lines] == [2, 1] and b.text == "t"
            b.CopyFrom(a); assert b == a; b.Clear(); assert b == All() and b != a and a != 5
            assert repr(a) == "All(text='t', lines=[Line(count=1)], at=Timestamp(seconds=5))", a
            refused(TypeError, lambda: hash(a)); refused(TypeError, lambda: a.MergeFrom(Line()))
            assert a.ByteSize() == len(a.SerializeToString()) == len(bytes(a))
            """
    )]
    [InlineData(
        "enums are numbers with names",
        """
            from gen.messages_pb2 import Mood, GLAD
            assert GLAD == 1 == Mood.GLAD == Mood.Value("GLAD") and Mood.Name(1) == "GLAD" and Mood.keys() == ["UNKNOWN", "GLAD", "None"]
            assert All.Inner.SOME == All.Inner.Kind.SOME == 1 and All.Inner(kind=All.Inner.SOME).kind == 1
            assert All.FromString(All(mood=77).SerializeToString()).mood == 77
            refused(ValueError, lambda: Mood.Value("NOPE"))
            """
    )]
    [InlineData(
        "times and spans turn into Python's own",
        """
            from datetime import datetime, timedelta, timezone
            moment = datetime(2026, 1, 31, 12, 0, 0, 500000, tzinfo=timezone.utc)
            all.at = moment; all.took = timedelta(seconds=-1.5)
            assert all.at.ToDatetime(timezone.utc) == moment and all.at.ToJsonString() == "2026-01-31T12:00:00.500Z"
            assert all.took.ToTimedelta() == timedelta(seconds=-1.5) and all.took.ToJsonString() == "-1.500s"
            all.at.FromJsonString("2026-01-31T13:00:00.5+01:00"); assert all.at.ToDatetime(timezone.utc) == moment
            all.took.FromJsonString("-0.25s"); assert all.took.ToMilliseconds() == -250
            all.at.GetCurrentTime(); assert all.at.seconds > 1700000000
            """
    )]
    [InlineData(
        "structs are used like dicts",
        """
            all.object.update({"a": [1, None, {"b": True}], "c": "d"})
            back = All.FromString(all.SerializeToString()).object
            assert back["c"] == "d" and back["a"][2]["b"] is True and back["a"][1] is None and list(back) == ["a", "c"] and "x" not in back
            assert back.get("x", 5) == 5 and back.fields["c"].string_value == "d" and All(object={"q": 1}).object["q"] == 1
            all.any = [1, "x"]; assert list(all.any.list_value) == [1, "x"]
            back["l"] = []; assert back["l"].values == [] and All(word={"value": "w"}).word.value == "w"
            """
    )]
    [InlineData(
        "names that Python or the classes need stay reachable",
        """
            a = All(**{"from": "x", "Clear": "y"})
            assert getattr(a, "from") == "x" == a.from_ and a.Clear_ == "y" and callable(a.Clear)
            s = messages.str(len="x", bytes=2, list=[messages.str()])
            assert messages.str.FromString(s.SerializeToString()) == s
            """
    )]
    public void Message_classes_keep_their_promises(string promise, string script)
    {
        using var package = new PythonPackage(Compile.Good(Rich));
        var output = package.Run(
            """
            from gen import messages_pb2 as messages
            from gen.messages_pb2 import All, Line
            from gen._codec import varint
            all = All()
            def refused(kind, action):
                try: action()
                except kind: return
                raise AssertionError("nothing was raised")

            """
                + script
                + "\nprint('kept')\n"
        );
        Assert.Equal((promise, "kept\n"), (promise, output));
    }

    [Fact]
    public void Importing_the_classes_loads_nothing_slow()
    {
        using var package = new PythonPackage(Compile.Good(Rich));
        var modules = package.Run(
            "import sys; before = set(sys.modules); import gen.messages_pb2, gen.axiom_context, gen._nodes; print(*sorted(set(sys.modules) - before))"
        );
        Assert.Equal(
            "_struct gen gen._codec gen._message gen._nodes gen._wellknown gen.axiom_context gen.axiom_values gen.messages_pb2 struct\n",
            modules
        );
    }
}
