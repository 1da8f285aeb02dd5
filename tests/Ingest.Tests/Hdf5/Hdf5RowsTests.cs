using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Hdf5;

/// <summary>Every layout that recordings use, as h5py wrote it (Fixtures/h5py/make_layouts.py), in HDF5's early and latest file versions.</summary>
public sealed class Hdf5RowsTests
{
    private const int Rows = 1000;

    [Theory]
    [InlineData("early", "contiguous", true)]
    [InlineData("early", "group/within/plain", false)]
    [InlineData("early", "deflated", false)]
    [InlineData("early", "by_columns", false)]
    [InlineData("early", "by_pairs", false)]
    [InlineData("early", "checksummed", false)]
    [InlineData("latest", "contiguous", false)]
    [InlineData("latest", "group/within/plain", false)]
    [InlineData("latest", "deflated", false)]
    [InlineData("latest", "by_columns", false)]
    [InlineData("latest", "checksummed", false)]
    public void A_table_is_read_as_it_was_written_in_order_and_by_jumps(string version, string name, bool mapped)
    {
        using Hdf5File file = Open(version);
        using var rows = new Hdf5Rows<double>(file, name, 4);

        Assert.Equal((Rows, mapped), (rows.Count, rows.IsMapped));
        Assert.Equal(Enumerable.Range(0, 4 * Rows).Select(i => (double)i), ReadAll(rows));
        foreach (int row in (int[])[999, 0, 513, 512, 511, 64, 63])
        {
            Assert.Equal(4.0 * row, rows.At(row, 1)[0]);
        }
    }

    [Fact]
    public void A_line_is_read_through_shuffle_and_LZF()
    {
        using Hdf5File file = Open("early");
        using var rows = new Hdf5Rows<ushort>(file, "line");

        Assert.Equal(Enumerable.Range(0, Rows).Select(i => (ushort)((long)i * i % 60_000)), ReadAll(rows));
    }

    [Fact]
    public void Chunks_of_three_dimensions_fall_into_place()
    {
        using Hdf5File file = Open("early");
        using var rows = new Hdf5Rows<float>(file, "maps", 30, 20);

        Assert.Equal(Enumerable.Range(0, 10 * 30 * 20).Select(i => (float)i), ReadAll(rows));
    }

    [Fact]
    public void What_only_the_library_can_read_is_refused_where_it_reads_wrong()
    {
        // The newest layout, and some chunks that LZF could not shrink: the library would leave their bytes shuffled.
        using Hdf5File file = Open("latest");
        using var rows = new Hdf5Rows<uint>(file, "noise");

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ReadAll(rows));

        Assert.Contains("write the file again with deflate", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Big_endian_numbers_are_refused_not_misread()
    {
        using Hdf5File file = Open("early");

        Assert.Throws<InvalidDataException>(() => new Hdf5Rows<double>(file, "big_endian", 4));
    }

    [Fact]
    public void A_chunk_that_LZF_could_not_shrink_is_still_unshuffled()
    {
        // h5py leaves LZF out for such chunks and says so in the chunk's filter mask; the shuffle before it was applied all the same.
        using Hdf5File file = Open("early");
        using var rows = new Hdf5Rows<uint>(file, "noise");

        var expected = new List<uint> { 1 };
        while (expected.Count < Rows)
        {
            expected.Add(unchecked((1_664_525 * expected[^1]) + 1_013_904_223));
        }

        Assert.Equal(expected, ReadAll(rows));
    }

    [Fact]
    public void A_dataset_without_rows_has_none()
    {
        using Hdf5File file = Open("early");
        using var rows = new Hdf5Rows<double>(file, "empty", 4);

        Assert.Equal(0, rows.Count);
    }

    [Fact]
    public void A_dataset_of_another_type_is_named_with_what_it_is()
    {
        using Hdf5File file = Open("early");

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => new Hdf5Rows<float>(file, "line"));

        Assert.Contains("line: has shape [1000] of FixedPoint with 2 bytes where [E] of float32 is needed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_chunk_is_named_by_its_rows()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = File.ReadAllBytes(FixturePath("early"));
        string path = folder.File("damaged.hdf5");
        StoredDataset stored = Find("early", "deflated");
        for (int i = 0; i < 20; i++)
        {
            bytes[stored.Chunks![5].Address + 10 + i] ^= 0x5A;
        }

        File.WriteAllBytes(path, bytes);
        using Hdf5File file = Hdf5File.Open(path);
        using var rows = new Hdf5Rows<double>(file, "deflated", 4);

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => ReadAll(rows));

        Assert.StartsWith($"{path}: deflated, rows from 320 on: cannot be unpacked", refusal.Message, StringComparison.Ordinal);   // chunk 5 of 64 rows
    }

    private static List<T> ReadAll<T>(Hdf5Rows<T> rows)
        where T : unmanaged
    {
        var read = new List<T>();
        while (read.Count < rows.Count * rows.Columns)
        {
            read.AddRange(rows.At(read.Count / rows.Columns, 150));
        }

        return read;
    }

    private static StoredDataset Find(string version, string name)
    {
        using var mapped = new MappedFile(FixturePath(version));
        return new Hdf5Structure(mapped).Find(name)!;
    }

    private static Hdf5File Open(string version) => Hdf5File.Open(FixturePath(version));

    private static string FixturePath(string version) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "h5py", $"layouts_{version}.hdf5");
}
