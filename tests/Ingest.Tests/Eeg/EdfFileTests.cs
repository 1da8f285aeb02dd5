using System.Text;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Eeg;

public class EdfFileTests
{
    [Fact]
    public void Samples_come_out_in_their_physical_unit_record_by_record()
    {
        // −100 to 100 µV over −1000 to 1000: a tenth of a µV a digit. Two records of 2 s; 3 samples of Fp1 and 2 of Cz in each.
        byte[] file = Edf(2, "2", [("Fp1", "uV", "-100", "100", "-1000", "1000", 3), ("Cz", "mV", "0", "2", "0", "1000", 2)], [10, 20, 30, 500, 1000, -10, 0, 1000, 250, 0]);

        IReadOnlyList<EegSignal> signals = EdfFile.Parse(file, "a.edf");

        Assert.Equal(["Fp1", "Cz"], signals.Select(signal => signal.Name));
        Assert.Equal([1f, 2f, 3f, -1f, 0f, 100f], signals[0].Samples.Select(sample => MathF.Round(sample, 4)));
        Assert.Equal([1f, 2f, 0.5f, 0f], signals[1].Samples.Select(sample => MathF.Round(sample, 4)));
        Assert.Equal((1.5, "mV"), (signals[0].SampleRateHz, signals[1].Unit));
    }

    [Fact]
    public void Annotations_are_left_out()
    {
        byte[] file = Edf(1, "1", [("A1", "uV", "-1", "1", "-1", "1", 1), ("EDF Annotations", "", "-1", "1", "-32768", "32767", 4)], [1, 0, 0, 0, 0]);

        Assert.Equal([1f], Assert.Single(EdfFile.Parse(file, "a.edf")).Samples);
    }

    [Fact]
    public void A_file_that_is_cut_short_says_how_long_it_should_be()
    {
        byte[] file = Edf(3, "1", [("A1", "uV", "-1", "1", "-1", "1", 4)], [1, 1, 1, 1, 1]);

        Assert.Contains("should be 3 records of 8 bytes and holds 10 bytes", Assert.Throws<InvalidDataException>(() => EdfFile.Parse(file, "a.edf")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_with_gaps_and_one_of_24_bits_are_refused_by_name()
    {
        byte[] gaps = Edf(1, "1", [("A1", "uV", "-1", "1", "-1", "1", 1)], [1]);
        "EDF+D"u8.CopyTo(gaps.AsSpan(192));
        byte[] bdf = [255, .. "BIOSEMI"u8, .. new byte[300]];

        Assert.Contains("EDF+D", Assert.Throws<InvalidDataException>(() => EdfFile.Parse(gaps, "a.edf")).Message, StringComparison.Ordinal);
        Assert.Contains("BDF", Assert.Throws<InvalidDataException>(() => EdfFile.Parse(bdf, "a.bdf")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_never_costs_more_memory_than_it_is_long()
    {
        byte[] whole = Edf(2, "1", [("A1", "uV", "-1", "1", "-100", "100", 5), ("A2", "uV", "-1", "1", "-100", "100", 2)], new short[14]);
        var damage = Gen.Select(Gen.Int[0, 767], Gen.OneOf(Gen.Byte, Gen.Byte[48, 57])).Array[1, 6];
        Gen.Select(damage, Gen.Int[0, whole.Length]).Sample((changes, length) =>
        {
            byte[] file = [.. whole.AsSpan(0, length)];
            foreach ((int at, byte value) in changes.Where(change => change.Item1 < file.Length))
            {
                file[at] = value;
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                EdfFile.Parse(file, "seed.edf");
            }
            catch (InvalidDataException refusal)
            {
                Assert.StartsWith("seed.edf", refusal.Message, StringComparison.Ordinal);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        }, iter: FuzzInputs.Count(5000), threads: 1);
    }

    [DataFact("eeg/mne_test.edf")]
    public void A_file_of_another_program_has_139_electrodes()
    {
        // 140 signals of 512 samples a second in 6 records, the last of them annotations; digits 0 to 100 stand for 0 to 100 µV.
        IReadOnlyList<EegSignal> signals = EdfFile.Read(TestData.Path("eeg/mne_test.edf"));

        Assert.Equal(139, signals.Count);
        Assert.All(signals, signal => Assert.Equal((512.0, 3072), (signal.SampleRateHz, signal.Samples.Length)));
        Assert.Equal("A1", signals[0].Name);
    }

    private static byte[] Edf(int records, string seconds, (string Label, string Unit, string PhysicalMinimum, string PhysicalMaximum, string DigitalMinimum, string DigitalMaximum, int Samples)[] signals, short[] data)
    {
        var header = new StringBuilder();
        header.Append("0".PadRight(8)).Append("somebody".PadRight(80)).Append("somewhere".PadRight(80)).Append("01.02.03").Append("04.05.06").Append($"{256 * (1 + signals.Length)}".PadRight(8)).Append(' ', 44)
            .Append($"{records}".PadRight(8)).Append(seconds.PadRight(8)).Append($"{signals.Length}".PadRight(4));
        void Field(int width, Func<int, string> text) => header.Append(string.Concat(Enumerable.Range(0, signals.Length).Select(i => text(i).PadRight(width))));
        Field(16, i => signals[i].Label);
        Field(80, _ => "");
        Field(8, i => signals[i].Unit);
        Field(8, i => signals[i].PhysicalMinimum);
        Field(8, i => signals[i].PhysicalMaximum);
        Field(8, i => signals[i].DigitalMinimum);
        Field(8, i => signals[i].DigitalMaximum);
        Field(80, _ => "");
        Field(8, i => $"{signals[i].Samples}");
        Field(32, _ => "");
        return [.. Encoding.ASCII.GetBytes(header.ToString()), .. data.SelectMany(value => new[] { (byte)value, (byte)(value >> 8) })];
    }
}
