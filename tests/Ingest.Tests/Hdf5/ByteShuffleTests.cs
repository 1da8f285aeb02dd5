using CsCheck;

namespace StereoSpike.Ingest.Tests.Hdf5;

/// <summary>Byte shuffling undone.</summary>
public sealed class ByteShuffleTests
{
    [Fact]
    public void The_first_bytes_come_first_in_a_shuffled_block()
    {
        // Elements 0x0201, 0x0403, 0x0605 in little-endian: first bytes 1 3 5, then second bytes 2 4 6; the odd byte 7 stays.
        byte[] elements = new byte[7];

        ByteShuffle.Undo([1, 3, 5, 2, 4, 6, 7], elements, 2);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], elements);
    }

    [Fact]
    public void The_vector_path_gives_what_the_scalar_twin_gives() =>
        Gen.Select(Gen.Int[1, 16], Gen.Byte.Array[0, 700]).Sample((elementBytes, shuffled) =>
        {
            byte[] vector = new byte[shuffled.Length], scalar = new byte[shuffled.Length];

            ByteShuffle.Undo(shuffled, vector, elementBytes);
            ByteShuffle.UndoSingly(shuffled, scalar, elementBytes);

            Assert.Equal(scalar, vector);
        });
}
