namespace Sluice.Language.Protos.Wire;

/// <summary>How sint32 and sint64 keep small negative numbers short.</summary>
internal static class ZigZag
{
    public static uint Encode(int value) => (uint)((value << 1) ^ (value >> 31));

    public static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static int Decode(uint bits) => (int)(bits >> 1) ^ -(int)(bits & 1);

    public static long Decode(ulong bits) => (long)(bits >> 1) ^ -(long)(bits & 1);
}
