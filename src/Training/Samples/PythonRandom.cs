namespace StereoSpike.Training;

/// <summary>The draws of Python's <c>random</c> module, so that a set drawn with it elsewhere is drawn here label for label.</summary>
/// <remarks>Mersenne twister MT19937, seeded as <c>random.seed(n)</c> does with <c>init_by_array</c>: Matsumoto and Nishimura, "Mersenne Twister: A 623-Dimensionally
/// Equidistributed Uniform Pseudo-Random Number Generator", ACM TOMACS 8(1), 1998. The shuffle is CPython's since 3.2.</remarks>
internal sealed class PythonRandom
{
    private const int N = 624, M = 397;
    private readonly uint[] _state = new uint[N];
    private int _next = N;

    /// <summary>Seeds the generator, as <c>random.seed(seed)</c>.</summary>
    public PythonRandom(uint seed)
    {
        _state[0] = 19_650_218;
        for (int i = 1; i < N; i++)
        {
            _state[i] = (1_812_433_253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }

        int place = 1;
        for (int i = 0; i < N; i++)
        {
            _state[place] = (_state[place] ^ ((_state[place - 1] ^ (_state[place - 1] >> 30)) * 1_664_525)) + seed;
            place = Advance(place);
        }

        for (int i = 0; i < N - 1; i++)
        {
            _state[place] = (_state[place] ^ ((_state[place - 1] ^ (_state[place - 1] >> 30)) * 1_566_083_941)) - (uint)place;
            place = Advance(place);
        }

        _state[0] = 0x8000_0000;
    }

    /// <summary>Shuffles in place, as <c>random.shuffle</c>.</summary>
    public void Shuffle<T>(T[] values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    private int Below(int bound)
    {
        int unused = int.LeadingZeroCount(bound);
        uint draw = Draw() >> unused;
        while (draw >= bound)
        {
            draw = Draw() >> unused;
        }

        return (int)draw;
    }

    private uint Draw()
    {
        if (_next == N)
        {
            Twist();
        }

        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < N; i++)
        {
            uint y = (_state[i] & 0x8000_0000) | (_state[(i + 1) % N] & 0x7FFF_FFFF);
            _state[i] = _state[(i + M) % N] ^ (y >> 1) ^ ((y & 1) * 0x9908_B0DF);
        }

        _next = 0;
    }

    private int Advance(int place)
    {
        if (place + 1 < N)
        {
            return place + 1;
        }

        _state[0] = _state[N - 1];
        return 1;
    }
}
