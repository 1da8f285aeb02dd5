using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace StereoSpike;

/// <summary>The checks at a room's door. Each returns the value it was given, or says what was wrong with it.</summary>
public static class Guard
{
    /// <summary>Returns <paramref name="value"/> if it is at least <paramref name="minimum"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is smaller, or not a number.</exception>
    public static T AtLeast<T>(T value, T minimum, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value >= minimum ? value : Throw<T>(name, value, $"{name} must be at least {minimum}.");

    /// <summary>Returns <paramref name="value"/> if it is greater than <paramref name="bound"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not greater, or not a number.</exception>
    public static T Above<T>(T value, T bound, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value > bound ? value : Throw<T>(name, value, $"{name} must be greater than {bound}.");

    /// <summary>Returns <paramref name="value"/> if it lies in [<paramref name="minimum"/>, <paramref name="maximum"/>].</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies outside, or is not a number.</exception>
    public static T Within<T>(T value, T minimum, T maximum, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value >= minimum && value <= maximum ? value : Throw<T>(name, value, $"{name} must be from {minimum} to {maximum}.");

    /// <summary>Checks that a buffer holds exactly as many elements as its shape asks for.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Length(int length, int expected, string name)
    {
        if (length != expected)
        {
            ThrowLength(length, expected, name);
        }

        [DoesNotReturn, StackTraceHidden]
        static void ThrowLength(int length, int expected, string name) =>
            throw new ArgumentException($"{name} holds {length} elements where {expected} are needed.", name);
    }

    [DoesNotReturn, StackTraceHidden]
    private static T Throw<T>(string name, T value, string message) => throw new ArgumentOutOfRangeException(name, value, message);
}
