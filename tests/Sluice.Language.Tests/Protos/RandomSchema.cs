using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

/// <summary>Proto files that use everything the subset has, different for each seed and equal for equal seeds.</summary>
internal sealed class RandomSchema(int seed)
{
    private static readonly string[] Names =
        "name from class value text count lines is_ok snake_case_name camelCase Upper x2 _under trailing_ items update values keys str len property self data pos v a message optional map".Split(
            ' '
        );

    private static readonly string[] WellKnown =
    [
        .. "Timestamp Duration Struct Value ListValue Empty StringValue Int64Value BoolValue DoubleValue BytesValue UInt64Value".Split(
            ' '
        ),
    ];

    private readonly Random random = new(seed);
    private readonly StringBuilder text = new();

    public string Write()
    {
        text.AppendLine("syntax = \"proto3\";\npackage demo.random;");
        foreach (var file in "timestamp duration struct empty wrappers".Split(' '))
            text.AppendLine($"import \"google/protobuf/{file}.proto\";");
        text.AppendLine("enum Mood { UNKNOWN = 0; GLAD = 1; SAD = -1; FAR = 2147483647; }");
        var count = random.Next(1, 5);
        for (var i = 0; i < count; i++)
            Message($"M{i}", count, 0);
        return text.ToString();
    }

    private void Message(string name, int count, int depth)
    {
        text.AppendLine($"message {name} {{");
        if (depth == 0)
        {
            text.AppendLine("enum Inner { NONE = 0; ONE = 1; }");
            Message("Nested", count, 1);
        }

        var numbers = new HashSet<int>();
        var names = new HashSet<string>();
        var fields = random.Next(0, 14);
        for (var i = 0; i < fields; i++)
        {
            if (random.Next(8) == 0)
            {
                text.AppendLine($"oneof choice{i} {{");
                for (var j = random.Next(1, 5); j > 0; j--)
                    Field("", Type(count), names, numbers);
                text.AppendLine("}");
            }
            else if (random.Next(5) == 0)
            {
                Field("", $"map<{Key()}, {Type(count)}>", names, numbers);
            }
            else
            {
                var label = random.Next(4) switch
                {
                    0 => "repeated ",
                    1 => "optional ",
                    _ => "",
                };
                Field(label, Type(count), names, numbers);
            }
        }

        text.AppendLine("}");
    }

    private void Field(string label, string type, HashSet<string> names, HashSet<int> numbers)
    {
        string name;
        do name =
            Names[random.Next(Names.Length)]
            + (random.Next(2) == 0 ? "" : random.Next(100).ToString());
        while (!names.Add(ProtoNames.Json(name).ToLowerInvariant()));
        int number;
        do number = random.Next(3) switch
        {
            0 => random.Next(1, 20),
            1 => random.Next(2040, 2060),
            _ => random.Next(536870900, 536870912),
        };
        while (!numbers.Add(number));
        var packed =
            label == "repeated " && random.Next(3) == 0 && IsNumber(type)
                ? " [packed = false]"
                : "";
        text.AppendLine($"{label}{type} {name} = {number}{packed};");
    }

    private static bool IsNumber(string type) =>
        Enum.GetValues<FieldKind>().Any(k => k.CanPack() && k != FieldKind.Enum && k.Word() == type)
        || type == "Mood";

    private string Key()
    {
        var kinds = Enum.GetValues<FieldKind>().Where(k => k.CanBeMapKey()).ToArray();
        return kinds[random.Next(kinds.Length)].Word();
    }

    private string Type(int count)
    {
        var scalars = Enum.GetValues<FieldKind>()
            .Where(k => k is not (FieldKind.Message or FieldKind.Enum))
            .ToArray();
        return random.Next(10) switch
        {
            0 => "Mood",
            1 => "M" + random.Next(count),
            2 => "Nested",
            3 => "google.protobuf." + WellKnown[random.Next(WellKnown.Length)],
            4 => "Inner",
            _ => scalars[random.Next(scalars.Length)].Word(),
        };
    }
}
