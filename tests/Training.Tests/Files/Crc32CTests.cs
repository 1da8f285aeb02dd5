namespace StereoSpike.Training.Tests.Files;

public class Crc32CTests
{
    [Fact]
    public void Checksums_are_those_of_the_rfc()
    {
        // RFC 3720, appendix B.4: 32 bytes of 0, of 0xFF, and ascending; and the check value that every catalogue of CRCs gives.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
    }
}
