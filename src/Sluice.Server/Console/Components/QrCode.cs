using System.Text;

namespace Sluice.Server.Console.Components;

/// <summary>
/// A text as a QR code that an app reads from the screen: bytes, error correction of level M (15 %), versions 1 to 20, which hold up to
/// 666 bytes. Source: ISO/IEC 18004.
/// </summary>
internal sealed class QrCode
{
    /// <summary>Light modules that belong around it.</summary>
    public const int Quiet = 4;

    /// <summary>Level M as the format information writes it.</summary>
    private const int LevelBits = 0b00;

    private const int FormatGenerator = 0b101_0011_0111;
    private const int FormatMask = 0b101_0100_0001_0010;
    private const int VersionGenerator = 0b1_1111_0010_0101;

    // For level M, by version: bytes of correction in a block, and blocks.
    private static ReadOnlySpan<byte> Correction =>
        [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];

    private static ReadOnlySpan<byte> Blocks =>
        [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

    private readonly bool[,] _dark;
    private readonly bool[,] _fixed;
    private readonly int _version;

    private QrCode(int version)
    {
        _version = version;
        Size = 17 + (4 * version);
        _dark = new bool[Size, Size];
        _fixed = new bool[Size, Size];
    }

    /// <summary>Modules of a side, without the quiet ones.</summary>
    public int Size { get; }

    public bool IsDark(int x, int y) => _dark[x, y];

    /// <summary>The code of a text; null when it is too long.</summary>
    public static QrCode? Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var version = 1; version <= Blocks.Length; version++)
        {
            var room = DataBytes(version);
            // The mode takes 4 bits, the length 8 or 16.
            if (bytes.Length + (version < 10 ? 2 : 3) > room)
                continue;
            var code = new QrCode(version);
            code.DrawPatterns();
            code.DrawData(Interleaved(version, Framed(bytes, version, room)));
            code.DrawBestMask();
            return code;
        }
        return null;
    }

    /// <summary>The dark modules as the data of an SVG path, a unit for a module.</summary>
    public string Path()
    {
        var path = new StringBuilder();
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var from = x;
                while (x < Size && _dark[x, y])
                    x++;
                if (x > from)
                    path.Append($"M{from} {y}h{x - from}v1h-{x - from}z");
            }
        }
        return path.ToString();
    }

    /// <summary>All bytes of a version, of data and of correction.</summary>
    private static int AllBytes(int version)
    {
        var size = 17 + (4 * version);
        // Three finders with their separators and format information, two lines of timing, and the one dark module.
        var modules = (size * size) - (3 * 64) - (2 * 15) - 1 - (2 * (size - 16));
        if (version > 1)
        {
            var lines = Centres(version).Length;
            // Of 5 by 5 each, but for the three corners; those on the lines of timing share 5 modules with them.
            modules -= (25 * ((lines * lines) - 3)) - (2 * 5 * (lines - 2));
        }
        if (version >= 7)
            modules -= 2 * 18;
        return modules / 8;
    }

    private static int DataBytes(int version) =>
        AllBytes(version) - (Correction[version - 1] * Blocks[version - 1]);

    /// <summary>Where alignment patterns have their centres, along either side.</summary>
    private static int[] Centres(int version)
    {
        if (version == 1)
            return [];
        var count = (version / 7) + 2;
        var last = 10 + (4 * version);
        // Even distances, rounded up to an even number; what does not fit is the first one's.
        var step = (int)Math.Ceiling((last - 6) / (2.0 * (count - 1))) * 2;
        return
        [
            6,
            .. Enumerable.Range(0, count - 1).Select(at => last - ((count - 2 - at) * step)),
        ];
    }

    /// <summary>Mode, length, bytes, end and padding.</summary>
    private static byte[] Framed(byte[] bytes, int version, int room)
    {
        var bits = new List<bool>(room * 8);
        Add(0b0100, 4);
        Add(bytes.Length, version < 10 ? 8 : 16);
        foreach (var each in bytes)
            Add(each, 8);
        Add(0, Math.Min(4, (room * 8) - bits.Count));
        Add(0, (8 - (bits.Count % 8)) % 8);
        for (var pad = 0; bits.Count < room * 8; pad++)
            Add(pad % 2 == 0 ? 0b1110_1100 : 0b0001_0001, 8);
        var framed = new byte[room];
        for (var at = 0; at < bits.Count; at++)
        {
            if (bits[at])
                framed[at / 8] |= (byte)(0x80 >> (at % 8));
        }
        return framed;

        void Add(int value, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--)
                bits.Add(((value >> bit) & 1) == 1);
        }
    }

    /// <summary>In blocks, each with its correction, of which one byte after the other is taken in turn.</summary>
    private static byte[] Interleaved(int version, byte[] data)
    {
        var (count, correction) = (Blocks[version - 1], Correction[version - 1]);
        var shortest = data.Length / count;
        var longer = data.Length % count;
        var blocks = new List<byte[]>();
        for (int block = 0, at = 0; block < count; block++)
        {
            var length = shortest + (block >= count - longer ? 1 : 0);
            blocks.Add(data[at..(at + length)]);
            at += length;
        }
        var corrections = blocks.Select(block => ReedSolomon(block, correction)).ToList();
        return
        [
            .. Enumerable
                .Range(0, shortest + 1)
                .SelectMany(at =>
                    blocks.Where(block => at < block.Length).Select(block => block[at])
                ),
            .. Enumerable
                .Range(0, correction)
                .SelectMany(at => corrections.Select(each => each[at])),
        ];
    }

    /// <summary>The remainder by the generator of this many roots, over GF(2⁸) with the polynomial 0x11D.</summary>
    private static byte[] ReedSolomon(byte[] data, int count)
    {
        var generator = new byte[count];
        generator[^1] = 1;
        byte root = 1;
        for (var at = 0; at < count; at++)
        {
            for (var term = 0; term < count; term++)
            {
                generator[term] = Times(generator[term], root);
                if (term + 1 < count)
                    generator[term] ^= generator[term + 1];
            }
            root = Times(root, 2);
        }
        var rest = new byte[count];
        foreach (var each in data)
        {
            var factor = (byte)(each ^ rest[0]);
            Array.Copy(rest, 1, rest, 0, count - 1);
            rest[^1] = 0;
            for (var term = 0; term < count; term++)
                rest[term] ^= Times(generator[term], factor);
        }
        return rest;
    }

    private static byte Times(int left, int right)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D);
            product ^= ((right >> bit) & 1) * left;
        }
        return (byte)product;
    }

    private void Set(int x, int y, bool dark) => (_dark[x, y], _fixed[x, y]) = (dark, true);

    private void DrawPatterns()
    {
        for (var at = 0; at < Size; at++)
        {
            Set(6, at, at % 2 == 0);
            Set(at, 6, at % 2 == 0);
        }
        var centres = Centres(_version);
        foreach (var x in centres)
        {
            foreach (var y in centres)
            {
                if (!((x == 6 || y == 6) && (x + y == 12 || x + y == Size - 1)))
                    DrawSquares(x, y, 2, dark: distance => distance != 1);
            }
        }
        foreach (var (x, y) in new[] { (3, 3), (Size - 4, 3), (3, Size - 4) })
            DrawSquares(x, y, 4, dark: distance => distance is 0 or 1 or 3);
        DrawFormat(0);
        if (_version >= 7)
            DrawVersion();
    }

    /// <summary>Squares within squares around a centre; what lies beyond the code is left out.</summary>
    private void DrawSquares(int x, int y, int radius, Func<int, bool> dark)
    {
        for (var dy = -radius; dy <= radius; dy++)
        {
            for (var dx = -radius; dx <= radius; dx++)
            {
                if (x + dx >= 0 && x + dx < Size && y + dy >= 0 && y + dy < Size)
                    Set(x + dx, y + dy, dark(Math.Max(Math.Abs(dx), Math.Abs(dy))));
            }
        }
    }

    /// <summary>Level and mask, twice, with their own correction.</summary>
    private void DrawFormat(int mask)
    {
        var bits = WithRemainder((LevelBits << 3) | mask, 10, FormatGenerator) ^ FormatMask;
        for (var at = 0; at < 15; at++)
        {
            var dark = ((bits >> at) & 1) == 1;
            // Around the first finder, over the lines of timing.
            if (at < 8)
                Set(8, at < 6 ? at : at + 1, dark);
            else
                Set(at == 8 ? 7 : 14 - at, 8, dark);
            // Along the two others.
            if (at < 8)
                Set(Size - 1 - at, 8, dark);
            else
                Set(8, Size - 15 + at, dark);
        }
        Set(8, Size - 8, true);
    }

    private void DrawVersion()
    {
        var bits = WithRemainder(_version, 12, VersionGenerator);
        for (var at = 0; at < 18; at++)
        {
            var dark = ((bits >> at) & 1) == 1;
            Set(Size - 11 + (at % 3), at / 3, dark);
            Set(at / 3, Size - 11 + (at % 3), dark);
        }
    }

    private static int WithRemainder(int value, int length, int generator)
    {
        var rest = value;
        for (var bit = 0; bit < length; bit++)
            rest = (rest << 1) ^ ((rest >> (length - 1)) * generator);
        return (value << length) | rest;
    }

    /// <summary>In columns of two, from the right, up and down in turn, past the upright line of timing.</summary>
    private void DrawData(byte[] bytes)
    {
        var bit = 0;
        var up = true;
        for (var right = Size - 1; right > 0; right -= 2, up = !up)
        {
            if (right == 6)
                right--;
            for (var step = 0; step < Size; step++)
            {
                var y = up ? Size - 1 - step : step;
                for (var x = right; x > right - 2; x--)
                {
                    if (_fixed[x, y] || bit >= bytes.Length * 8)
                        continue;
                    _dark[x, y] = ((bytes[bit / 8] >> (7 - (bit % 8))) & 1) == 1;
                    bit++;
                }
            }
        }
    }

    private void DrawBestMask()
    {
        var best = Enumerable
            .Range(0, 8)
            .MinBy(mask =>
            {
                Apply(mask);
                var penalty = QrPenalty.Of(this);
                Apply(mask);
                return penalty;
            });
        Apply(best);
    }

    /// <summary>Turns the modules of a mask; twice is not at all.</summary>
    private void Apply(int mask)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
                _dark[x, y] ^= !_fixed[x, y] && IsTurned(mask, x, y);
        }
        DrawFormat(mask);
    }

    private static bool IsTurned(int mask, int x, int y) =>
        mask switch
        {
            0 => (x + y) % 2 == 0,
            1 => y % 2 == 0,
            2 => x % 3 == 0,
            3 => (x + y) % 3 == 0,
            4 => ((x / 3) + (y / 2)) % 2 == 0,
            5 => (x * y % 2) + (x * y % 3) == 0,
            6 => ((x * y % 2) + (x * y % 3)) % 2 == 0,
            _ => (((x + y) % 2) + (x * y % 3)) % 2 == 0,
        };
}
