using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CsCheck;
using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Core.Tests.Files;

public sealed class NpzFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Named_arrays_come_back_with_their_shapes_types_and_values()
    {
        string path = _folder.File("arrays.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray>
        {
            ["weights.conv1"] = NpyArray.From([1f, 2f, 3f, 4f, 5f, 6f], 2, 3),
            ["multiply"] = NpyArray.From([10.0]),
            ["spikes"] = NpyArray.From([true, false], 2),
        });

        IReadOnlyDictionary<string, NpyArray> read = NpzFile.Read(path);

        Assert.Equal(["multiply", "spikes", "weights.conv1"], read.Keys.Order());
        Assert.Equal([2, 3], read["weights.conv1"].Shape);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], read["weights.conv1"].ToSingles());
        Assert.Empty(read["multiply"].Shape);
        Assert.Equal([10.0], read["multiply"].ToDoubles());
        Assert.Equal([1L, 0L], read["spikes"].ToInt64s());
    }

    [Fact]
    public void The_same_arrays_give_the_same_bytes()
    {
        var arrays = new Dictionary<string, NpyArray> { ["b"] = NpyArray.From([1], 1), ["a"] = NpyArray.From([2f], 1) };
        NpzFile.Write(_folder.File("one.npz"), arrays);
        NpzFile.Write(_folder.File("two.npz"), arrays.Reverse().ToDictionary());

        Assert.Equal(File.ReadAllBytes(_folder.File("one.npz")), File.ReadAllBytes(_folder.File("two.npz")));
    }

    [Fact]
    public void Any_doubles_survive_a_round_trip_bit_by_bit()
    {
        string path = _folder.File("any.npz");
        Gen.Double.Array[0, 40].Sample(values =>
        {
            NpzFile.Write(path, new Dictionary<string, NpyArray> { ["v"] = NpyArray.From(values, values.Length) }, CompressionLevel.NoCompression);
            double[] read = NpzFile.Read(path)["v"].ToDoubles();
            return read.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(values.Select(BitConverter.DoubleToInt64Bits));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void A_claim_that_the_compressed_bytes_cannot_reach_is_refused_before_it_is_allocated()
    {
        string path = _folder.File("bomb.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray> { ["v"] = NpyArray.From([1f], 1) });
        byte[] bytes = File.ReadAllBytes(path);
        int directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), 2_000_000_000);   // uncompressed size, at offset 24 of a directory entry
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<InvalidDataException>(() => NpzFile.Read(path));

        Assert.Contains("claims 2000000000 bytes", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_beyond_the_callers_maximum_are_refused()
    {
        string path = _folder.File("large.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray> { ["v"] = NpyArray.From(new float[1000], 1000) });

        var error = Assert.Throws<InvalidDataException>(() => NpzFile.Read(path, maximumBytes: 1000));

        Assert.Contains("beyond the 1000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_zip_file_is_named_with_a_way_out()
    {
        string path = _folder.File("text.npz");
        File.WriteAllText(path, "t x y p\n1 2 3 4\n");

        var error = Assert.Throws<InvalidDataException>(() => NpzFile.Read(path));

        Assert.StartsWith($"{path}: is not a whole npz (zip) file", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("save it with numpy.savez.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_is_no_array_is_refused()
    {
        string path = _folder.File("notes.npz");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        using (Stream entry = zip.CreateEntry("notes.txt").Open())
        {
            entry.Write(Encoding.UTF8.GetBytes("hello"));
        }

        var error = Assert.Throws<InvalidDataException>(() => NpzFile.Read(path));

        Assert.Contains("notes.txt: is not a NumPy array", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_gives_a_bad_file_error_or_an_array_but_nothing_else()
    {
        string path = _folder.File("whole.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray> { ["v"] = NpyArray.From(Enumerable.Range(0, 64).ToArray(), 8, 8) });
        byte[] whole = File.ReadAllBytes(path);
        string damaged = _folder.File("damaged.npz");
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Sample((place, value) =>
        {
            byte[] bytes = [.. whole];
            bytes[place] = value;
            File.WriteAllBytes(damaged, bytes);
            try
            {
                NpzFile.Read(damaged);
            }
            catch (InvalidDataException)
            {
            }
        }, iter: 1000, threads: 1);
    }
}
