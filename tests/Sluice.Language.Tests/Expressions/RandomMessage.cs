using System.Text;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Tests.Expressions;

/// <summary>An encoded message in which one field is set, different for each seed.</summary>
internal static class RandomMessage
{
    public static byte[] Of(FieldType field, int seed)
    {
        var random = new Random(seed);
        using var writer = new WireWriter();
        Write(writer, field, random, 0);
        return writer.ToArray();
    }

    private static byte[] Of(MessageType type, Random random, int depth)
    {
        using var writer = new WireWriter();
        if (type.WellKnown is WellKnown.Timestamp or WellKnown.Duration)
        {
            writer.Tag(1, WireType.Varint);
            writer.Varint((ulong)random.Next(1_000_000_000));
            writer.Tag(2, WireType.Varint);
            writer.Varint((ulong)random.Next(1_000_000_000));
        }
        else if (type.WellKnown == WellKnown.Value)
            Write(writer, type.Fields[depth > 4 ? 2 : random.Next(1, 6)], random, depth + 1);
        else if (depth < 5)
            foreach (var field in type.Fields)
                if (random.Next(2) == 0 && field.Oneof is null)
                    Write(writer, field, random, depth + 1);
        return writer.ToArray();
    }

    private static void Write(WireWriter writer, FieldType field, Random random, int depth)
    {
        var count = field.IsMap || field.IsRepeated ? random.Next(1, 4) : 1;
        for (var i = 0; i < count; i++)
        {
            writer.Tag(field.Number, field.Kind.Wire());
            if (field.IsMap)
                writer.Bytes(Entry(field, random, depth));
            else
                One(writer, field, random, depth);
        }
    }

    private static byte[] Entry(FieldType map, Random random, int depth)
    {
        using var writer = new WireWriter();
        foreach (var field in new[] { map.MapKey!, map.MapValue! })
        {
            writer.Tag(field.Number, field.Kind.Wire());
            One(writer, field, random, depth);
        }

        return writer.ToArray();
    }

    private static void One(WireWriter writer, FieldType field, Random random, int depth)
    {
        if (field.Message is not null)
            writer.Bytes(Of(field.Message, random, depth + 1));
        else if (field.Kind is FieldKind.String or FieldKind.Bytes)
            writer.Bytes(Encoding.UTF8.GetBytes("tëxt" + random.Next(100)));
        else
            writer.Raw(field.Kind.Wire(), Bits(field, random));
    }

    private static ulong Bits(FieldType field, Random random) =>
        field.Kind switch
        {
            FieldKind.Bool => 1,
            FieldKind.Enum => (ulong)random.Next(2),
            FieldKind.Double => BitConverter.DoubleToUInt64Bits(random.NextDouble() - 0.5),
            FieldKind.Float => BitConverter.SingleToUInt32Bits(random.NextSingle() - 0.5f),
            FieldKind.Int64 or FieldKind.UInt64 or FieldKind.Fixed64 or FieldKind.SFixed64 =>
                (ulong)random.NextInt64(long.MinValue, long.MaxValue),
            FieldKind.SInt64 => ZigZag.Encode(random.NextInt64(long.MinValue, long.MaxValue)),
            FieldKind.SInt32 => ZigZag.Encode(random.Next(int.MinValue, int.MaxValue)),
            FieldKind.Int32 => (ulong)(long)random.Next(int.MinValue, int.MaxValue),
            _ => (uint)random.Next(int.MinValue, int.MaxValue),
        };
}
