using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Events;

/// <summary>Real recordings of each format, where they are at hand, against what NumPy makes of their bytes: number of events, first and last time, sums of x, y and ON events.</summary>
public sealed class RealFilesTests
{
    [DataFact("event-files/evt2_sample.raw")]
    public void EVT2_of_a_Gen3_camera() => Check("evt2_sample.raw", EventFormat.Evt2, 539_481, 1_317_888, 1_367_888, 171_811_022, 110_162_026, 367_855);

    [DataFact("event-files/sample_ncars.dat")]
    public void DAT_of_N_CARS() => Check("sample_ncars.dat", EventFormat.Dat, 2_009, 0, 99_952, 93_457, 40_463, 1_350);

    [DataFact("event-files/sample_nmnist.bin")]
    public void Bin_of_N_MNIST() => Check("sample_nmnist.bin", EventFormat.Bin, 4_325, 654, 311_175, 74_457, 71_931, 2_145);

    [DataFact("event-files/faces_easy_0001.bin")]
    public void Bin_of_N_Caltech101() => Check("faces_easy_0001.bin", EventFormat.Bin, 67_445, 6, 299_364, 4_337_148, 4_922_131, 33_770);

    [DataFact("event-files/dvs_320x240.es")]
    public void Event_Stream() => Check("dvs_320x240.es", EventFormat.EventStream, 473_225, 0, 999_000, 72_946_016, 56_007_796, 270_001);

    [DataFact("event-files/davis346_clip.aedat4")]
    public void AEDAT4_of_a_DAVIS346() =>
        Check("davis346_clip.aedat4", EventFormat.Aedat4, 6_676, 1_589_163_147_368_868, 1_589_163_147_538_809, 721_626, 1_424_056, 3_563);

    [DataFact("event-files/tonic_dvxplorer_320x240.aedat4")]
    public void AEDAT4_of_a_DVXplorer() =>
        Check("tonic_dvxplorer_320x240.aedat4", EventFormat.Aedat4, 111_954, 1_605_537_493_718_345, 1_605_537_494_308_262, 18_342_405, 15_105_898, 55_023);

    /// <summary>What the packets' bytes, cut out by their mark and put behind a RAW file's header, hold.</summary>
    [DataFact("event-files/test_events_1.bag")]
    public void ROS_bag_of_a_camera_that_sends_EVT3() => Check("test_events_1.bag", EventFormat.RosBag, 343_474, 7_139_845, 9_218_023, 116_731_888, 80_879_209, 125_183);

    private static void Check(string name, EventFormat format, int count, long firstUs, long lastUs, long sumX, long sumY, long on)
    {
        using IEventReader reader = EventFiles.Open(TestData.Path($"event-files/{name}"));
        List<DvsEvent> events = EventFileBytes.ReadAll(reader, 4096);

        Assert.Equal(format, reader.Format);
        Assert.Empty(reader.Dropped);
        Assert.Equal(
            (count, firstUs, lastUs, sumX, sumY, on),
            (events.Count, events[0].TimestampUs, events[^1].TimestampUs, events.Sum(e => (long)e.X), events.Sum(e => (long)e.Y), events.Sum(e => (long)e.Polarity)));
    }
}
