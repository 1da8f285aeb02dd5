using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace StereoSpike.Serve.Tests;

/// <summary>What pages are sent.</summary>
public class ViewerTests
{
    [Fact]
    public async Task A_frame_holds_events_depth_support_and_truth_in_one_message()
    {
        await using Served served = await Served.StartAsync(seconds: 3);
        using ClientWebSocket socket = await served.WatchAsync();

        (JsonObject head, Dictionary<string, byte[]> sections) = await Served.ReceiveFrameAsync(socket);

        int pixels = DotsRecording.Sensor.Pixels;
        Assert.Equal(["events", "depth", "supported", "truth"], sections.Keys);
        Assert.Equal(Enumerable.Range(1000, pixels), Millimetres(sections["depth"]));
        Assert.Equal(Enumerable.Range(0, pixels).Select(i => i < 64 ? 0 : 2000), Millimetres(sections["truth"]));
        Assert.Equal((pixels + 7) / 8, sections["supported"].Length);
        Assert.Equal((long)head["frame"]!["events_left"]!, sections["events"].Sum(both => (both >> 4) + (both & 15)));   // few enough a pixel that none is cut at 15
        Assert.Equal(0.125, (double)head["layers"]!["conv1"]!, 1e-6);

        // |1 + i/1000 − 2| over the pixels from the second row on, i = 64 … 3071: the mean is (Σ (1 − i/1000) for i < 1000, and Σ (i/1000 − 1) from there) / 3008.
        double expected = Enumerable.Range(64, pixels - 64).Average(i => Math.Abs((i / 1000.0) - 1));
        Assert.Equal(100 * expected, (double)head["frame"]!["mean_depth_error_cm"]!, 0.01);

        static IEnumerable<int> Millimetres(byte[] bytes) => MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(mm => (int)mm);
    }

    [Fact]
    public async Task Many_pages_watch_and_one_that_takes_nothing_or_breaks_off_costs_the_others_nothing()
    {
        await using Served served = await Served.StartAsync(seconds: 10);
        List<ClientWebSocket> sockets = [];
        for (int i = 0; i < 8; i++)
        {
            sockets.Add(await served.WatchAsync());
        }

        await Served.UntilAsync(() => served.Server.ViewerCount == 8);
        sockets[0].Abort();   // gone, perhaps in the middle of a frame; the second never reads
        long[] seen = await Task.WhenAll(sockets.Skip(2).Select(async socket =>
        {
            long last = -1;
            for (int i = 0; i < 5; i++)
            {
                (JsonObject head, _) = await Served.ReceiveFrameAsync(socket);
                Assert.True((long)head["frame"]!["time_us"]! > last);
                last = (long)head["frame"]!["time_us"]!;
            }

            return last;
        }));

        Assert.Equal(6, seen.Length);
        await Served.UntilAsync(() => served.Server.ViewerCount == 7);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task More_pages_than_may_are_sent_away()
    {
        await using Served served = await Served.StartAsync(new ServeSettings { MaximumViewers = 1 });
        using ClientWebSocket first = await served.WatchAsync();
        await Served.UntilAsync(() => served.Server.ViewerCount == 1);

        await Assert.ThrowsAsync<WebSocketException>(() => served.WatchAsync());
    }

    [Fact]
    public async Task A_page_that_sends_long_messages_is_shown_out()
    {
        await using Served served = await Served.StartAsync(seconds: 10);
        using ClientWebSocket socket = await served.WatchAsync();
        await socket.SendAsync("short ones are dropped"u8.ToArray(), WebSocketMessageType.Text, true, Served.Limit);
        await Served.ReceiveFrameAsync(socket);

        await socket.SendAsync(new byte[1 << 20], WebSocketMessageType.Binary, true, Served.Limit);

        await Served.UntilAsync(() => served.Server.ViewerCount == 0);
    }

    [Fact]
    public async Task While_nothing_moves_a_page_hears_how_things_stand()
    {
        await using Served served = await Served.StartAsync(paused: true);
        using ClientWebSocket socket = await served.WatchAsync();

        (JsonObject head, Dictionary<string, byte[]> sections) = await Served.ReceiveAsync(socket);

        Assert.Empty(sections);
        Assert.True((bool)head["replay"]!["paused"]!);
        Assert.Equal("running", (string)head["status"]!);
    }
}
