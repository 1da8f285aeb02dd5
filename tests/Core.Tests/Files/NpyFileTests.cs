using System.Text;
using CsCheck;
using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Core.Tests.Files;

public sealed class NpyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bytes_are_those_that_numpy_writes()
    {
        // numpy.save of numpy.array([1, 2], '<i2'): magic, version 1.0, header length 0x76 = 118 (6 + 4 + 118 = 128), the header, 1, 2.
        string path = _folder.File("two.npy");
        NpyFile.Write(path, NpyArray.From<short>([1, 2], 2));

        const string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }";
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 0x76, 0, .. Encoding.ASCII.GetBytes(header.PadRight(117) + "\n"), 1, 0, 2, 0];
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public void Every_integer_type_keeps_its_extremes()
    {
        AssertKept<sbyte>([sbyte.MinValue, sbyte.MaxValue], sbyte.MinValue, sbyte.MaxValue);
        AssertKept<byte>([0, byte.MaxValue], 0, byte.MaxValue);
        AssertKept<short>([short.MinValue, short.MaxValue], short.MinValue, short.MaxValue);
        AssertKept<ushort>([0, ushort.MaxValue], 0, ushort.MaxValue);
        AssertKept([int.MinValue, int.MaxValue], int.MinValue, int.MaxValue);
        AssertKept([0u, uint.MaxValue], 0, uint.MaxValue);
        AssertKept<long>([long.MinValue, long.MaxValue], long.MinValue, long.MaxValue);
        AssertKept<ulong>([0, long.MaxValue], 0, long.MaxValue);
    }

    [Fact]
    public void Any_shape_survives_a_round_trip()
    {
        string path = _folder.File("any.npy");
        Gen.Int[0, 4].Array[0, 5].Sample(shape =>
        {
            int count = shape.Aggregate(1, (product, side) => product * side);
            NpyFile.Write(path, NpyArray.From(Enumerable.Range(0, count).Select(i => (float)i).ToArray(), shape));
            NpyArray read = NpyFile.Read(path);
            return read.Shape.SequenceEqual(shape) && read.Length == count && read.ToSingles().Select(v => (int)v).SequenceEqual(Enumerable.Range(0, count));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void A_shape_that_the_values_do_not_fill_is_the_callers_mistake()
    {
        var error = Assert.Throws<ArgumentException>(() => NpyArray.From([1f, 2f], 3));

        Assert.StartsWith("2 values do not fill the shape (3,).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fraction_is_not_taken_for_an_integer()
    {
        var error = Assert.Throws<InvalidDataException>(() => NpyArray.From([1.0, 2.5], 2).ToInt64s());

        Assert.Equal("array: element 1: is 2.5 where a whole number of 64 bits is needed. Save the array as integers.", error.Message);
        Assert.Throws<InvalidDataException>(() => NpyArray.From([ulong.MaxValue], 1).ToInt64s());
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24, "Fortran order")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", 8, "big-endian elements of type '>f4'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 8, "elements of type '|O'")]
    [InlineData("{'descr': [('t', '<i8'), ('x', '<u2')], 'fortran_order': False, 'shape': (2,), }", 20, "structured array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "holds the shape (-1,)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536), }", 4, "asks for more than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "asks for 12 bytes of elements where 8 follow")]
    [InlineData("__import__('os')", 0, "reads \"__import__('os')\"")]
    public void A_header_that_cannot_be_used_is_refused_with_what_it_says(string header, int payload, string found)
    {
        string path = WriteRaw(header, payload);

        var error = Assert.Throws<InvalidDataException>(() => NpyFile.Read(path));

        Assert.StartsWith($"{path}: header: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fortran_order_of_one_axis_is_C_order_too()
    {
        string path = WriteRaw("{'descr': '<i4', 'fortran_order': True, 'shape': (1, 2L), }", 8);

        Assert.Equal([1, 2], NpyFile.Read(path).Shape);
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        string path = _folder.File("whole.npy");
        NpyFile.Write(path, NpyArray.From([1f, 2f], 2));
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<InvalidDataException>(() => NpyFile.Read(path));
        }
    }

    private void AssertKept<T>(T[] values, params long[] expected)
        where T : unmanaged
    {
        string path = _folder.File($"{typeof(T).Name}.npy");
        NpyFile.Write(path, NpyArray.From(values, values.Length));
        NpyArray read = NpyFile.Read(path);
        Assert.Equal(expected, read.ToInt64s());
        Assert.Equal(expected.Select(v => (double)v), read.ToDoubles());
    }

    private string WriteRaw(string header, int payload)
    {
        string path = _folder.File("raw.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[payload]]);
        return path;
    }
}
