using BenchmarkDotNet.Attributes;
using StereoSpike.Ingest;

namespace StereoSpike.Benchmarks;

/// <summary>A live stream's way from packets to windows: 50 ms of a flood, 346×260, cut every 10 ms.</summary>
public class StreamBenchmarks
{
    private const int StepUs = 10_000;
    private static readonly StereoRig Rig = SimulatedRigs.Custom(new SensorSize(346, 260), 200, 0.1);

    private readonly List<byte[]> _packets = [];
    private readonly DvsEvent[] _events = new DvsEvent[EventPacket.MaximumEvents];
    private readonly List<StreamBatch> _batches = [];
    private StreamWindows _windows = null!;

    /// <summary>Events of both cameras in 50 ms: 50,000 are 1 M a second, 2,500,000 are 50 M.</summary>
    [Params(50_000, 2_500_000)]
    public int Events { get; set; }

    /// <summary>Makes packets and batches of a millisecond each, both cameras in turn.</summary>
    [GlobalSetup]
    public void Make()
    {
        for (int ms = 0; ms < 50; ms++)
        {
            foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
            {
                DvsEvent[] events = SyntheticEvents.Scattered(Rig.Sensor, new TimeWindow(1_000 * ms, 1_000 * (ms + 1)), Events / 100, ms);
                _batches.Add(StreamBatch.Of(camera, events, 0));
                new PacketWriter(Rig.Sensor, packet => _packets.Add(packet.ToArray())).Write(StreamBatch.Of(camera, events, 0));
            }
        }

        _windows = new StreamWindows(Rig, new StreamWindowSettings { StepUs = StepUs });
    }

    /// <summary>Packets to events.</summary>
    [Benchmark]
    public int Decode()
    {
        int events = 0;
        foreach (byte[] packet in _packets)
        {
            events += EventPacket.Read(packet, Rig.Sensor, _events, out EventPacketHead head) is null ? head.Count : 0;
        }

        return events;
    }

    /// <summary>Events to five windows of 50 ms. Time begins anew with each round, which is one more window.</summary>
    [Benchmark]
    public int Count()
    {
        int windows = 0;
        foreach (CountWindow window in _windows.Add(StreamBatch.Restart(0, 0)))
        {
            window.Answered();
        }

        foreach (StreamBatch batch in _batches)
        {
            foreach (CountWindow window in _windows.Add(batch))
            {
                window.Answered();
                windows++;
            }
        }

        return windows;
    }
}
