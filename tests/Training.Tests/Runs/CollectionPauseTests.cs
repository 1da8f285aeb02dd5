using System.Runtime;

namespace StereoSpike.Training.Tests.Runs;

[Collection(nameof(OneTorchThread))]
public class CollectionPauseTests
{
    [Fact]
    public void While_it_lives_nothing_is_collected_whatever_other_threads_throw_away()
    {
        int before, after;
        using (new CollectionPause())
        {
            before = GC.CollectionCount(0);
            Parallel.For(0, 4, _ => Litter());   // 4 · 20 MB, in arrays that each would call for a collection sooner or later
            after = GC.CollectionCount(0);
            Assert.Equal(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
        }

        Assert.Equal(before, after);
        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);

        static void Litter()
        {
            for (int i = 0; i < 100; i++)
            {
                GC.KeepAlive(new byte[200_000]);
            }
        }
    }

    [Fact]
    public void A_second_pause_and_one_that_was_overrun_end_quietly()
    {
        using (new CollectionPause())
        {
            using (new CollectionPause())
            {
            }

            Assert.Equal(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);   // the inner one was not its to end
            for (int i = 0; i < 2000; i++)
            {
                GC.KeepAlive(new byte[200_000]);   // 400 MB: more than the pause allows
            }
        }

        using (new CollectionPause())
        {
            Assert.Equal(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
        }
    }
}
